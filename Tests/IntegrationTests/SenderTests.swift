import Foundation
import Testing

@Suite("xferctl reports each error and ends with its status", .timeLimit(.minutes(20)))
struct SenderTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "Wrong usage ends with status 64",
    arguments: [
      ["send"], ["send", "f", "--quiet", "--json"], ["history", "--since", "never"],
      ["send", "f", "--server", "host:port"], ["nonsense"], ["ping", "--count", "0"],
      ["send", "-dash"],
    ])
  func wrongUsageEndsWith64(arguments: [String]) async throws {
    let outcome = try await Programs.xferctl(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.err.hasPrefix("xferctl: ") && outcome.err.contains("--help\" shows"))
    #expect(outcome.err.split(separator: "\n").count == 2, "\(outcome.err)")
  }

  @Test("An unknown host ends with status 69", arguments: ["send", "stats", "health"])
  func unknownHostEndsWith69(command: String) async throws {
    let file = try directory.file("f", bytes: 1)
    let arguments = command == "send" ? ["send", file] : [command]
    let outcome = try await Programs.xferctl(arguments + ["--server", "no.such.host.invalid"])
    #expect(outcome.status == 69)
    #expect(command == "health" || outcome.err.contains("no.such.host.invalid"))
  }

  @Test("A refused connection ends with status 69 after --retry-for")
  func refusedConnectionEndsWith69() async throws {
    let file = try directory.file("f", bytes: 1)
    let outcome = try await Programs.xferctl(
      "send", file, "--server", "127.0.0.1:1", "--retry-for", "0s")
    #expect(outcome.status == 69)
    #expect(outcome.err.contains("connection refused"))
  }

  @Test(
    "A missing file is reported, the others are sent, and the status is 74")
  func missingFileEndsWith74() async throws {
    let file = try directory.file("f", bytes: 1)
    try await withReceiver { receiver in
      let outcome = try await receiver.send(file, "/no/such/file")
      #expect(outcome.status == 74)
      #expect(outcome.err.contains("/no/such/file: not sent: no such file or directory"))
      #expect(outcome.objects.count == 1)
    }
  }

  @Test(
    "xferctl refuses an invalid name before it sends a file",
    arguments: ["../f", "/abs", "a//b", ".", "a/./b"])
  func invalidNameIsRefusedBeforeSending(name: String) async throws {
    let file = try directory.file("f", bytes: 1)
    try await withReceiver { receiver in
      let outcome = try await receiver.send(file, "--as", name)
      #expect(outcome.status == 64)
      #expect(outcome.err.contains("is not allowed"))
    }
  }

  @Test("xferctl --quiet prints nothing on success")
  func quietPrintsNothingOnSuccess() async throws {
    let file = try directory.file("f", bytes: 100)
    try await withReceiver { receiver in
      let outcome = try await Programs.xferctl("send", file, "--quiet", "--server", receiver.server)
      #expect(outcome.status == 0 && outcome.out.isEmpty && outcome.err.isEmpty)
    }
  }

  @Test(
    "xferctl without a terminal prints one line per file and reads XFER_SERVER")
  func outputHasOneLinePerFile() async throws {
    let file = try directory.file("f", bytes: 2048)
    try await withReceiver { receiver in
      let outcome = try await Programs.xferctl(
        "send", file, environment: ["XFER_SERVER": receiver.server])
      #expect(outcome.status == 0)
      #expect(outcome.lines.count == 2)
      #expect(outcome.lines[0].hasPrefix("received  f  2.0 KiB  "))
      #expect(outcome.lines[1].hasPrefix("1 file received, 2.0 KiB sent in "))
    }
  }

  @Test("xferctl ping and xferctl health succeed")
  func pingAndHealthSucceed() async throws {
    try await withReceiver { receiver in
      let ping = try await Programs.xferctl("ping", "--server", receiver.server, "-c", "3")
      #expect(ping.status == 0 && ping.lines.count == 4)
      let health = try await Programs.xferctl("health", "--server", receiver.server)
      #expect(health.status == 0 && health.out.isEmpty)
    }
  }

  @Test(
    "An unreadable directory is reported, and its siblings are sent",
    .enabled(if: getuid() == 0))
  func unreadableDirectoryIsReported() async throws {
    try directory.file("tree/open/f", bytes: 10)
    try directory.file("tree/closed/f", bytes: 10)
    let opened = ["chmod", "-R", "a+rX", directory.path]
    let closed = ["chmod", "700", directory.path + "/tree/closed"]
    for command in [opened, closed] { _ = try await Programs.run("/usr/bin/env", command) }
    try await withReceiver { receiver in
      let send = [
        "setpriv", "--reuid=65534", "--clear-groups", Programs.directory + "/xferctl", "send",
        directory.path + "/tree", "--server", receiver.server,
      ]
      let outcome = try await Programs.run("/usr/bin/env", send)
      #expect(outcome.status == 74)
      #expect(outcome.err.contains("tree/closed: not sent: could not open the directory"))
      #expect(FileManager.default.fileExists(atPath: receiver.published("tree/open/f")))
    }
  }

  @Test("A failed write of the output ends with status 74")
  func failedOutputEndsWith74() async throws {
    let file = try directory.file("f", bytes: 10)
    try await withReceiver { receiver in
      for command in ["send \(file)", "history", "stats"] {
        let program =
          "\(Programs.directory)/xferctl \(command) --server \(receiver.server) > /dev/full"
        let outcome = try await Programs.run("/usr/bin/env", ["sh", "-c", program])
        #expect(outcome.status == 74, "\(command)")
        #expect(outcome.err.contains("could not write the output"), "\(command)")
      }
    }
  }

  @Test(
    "A sender stops retrying a receiver that never answers")
  func muteReceiverEndsRetries() async throws {
    for index in 0..<2000 { try directory.file("tree/\(index)", bytes: 4000) }
    let outcome = try await Programs.python(
      "mute_receiver.py", [Programs.directory, directory.path + "/tree"])
    let connections = try #require(Int(outcome.out.split(separator: "\n").last ?? ""))
    // The files need about thirty batches, and none of them counts as progress.
    #expect(connections > 1 && connections < 15, "\(connections) connections")
    #expect(outcome.err.contains("2000 files not sent"), "\(outcome.err.suffix(500))")
  }

}
