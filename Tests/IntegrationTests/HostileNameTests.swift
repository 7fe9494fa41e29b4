import Foundation
import Testing

@Suite("A name leads to exactly one file below files/, or is refused", .timeLimit(.minutes(20)))
struct HostileNameTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Offers the names in their order. Returns the answers of the client.
  private func offer(
    _ names: [[UInt8]], _ receiver: Receiver, _ arguments: String...
  ) async throws -> [[String: Any]] {
    let lines = names.map { hex($0) + "\n" }.joined()
    let file = try directory.text("names", lines)
    let words = [receiver.server, file] + arguments
    let outcome = try await Programs.python("named_client.py", words)
    try #require(outcome.objects.count == names.count, "\(outcome.out.suffix(500))\(outcome.err)")
    return outcome.objects
  }

  /// Expects the files that were published, with the content that named_client.py gives them, the
  /// rows that say so, and nothing else anywhere.
  private func expectPublished(_ names: [[UInt8]], sentAs sent: [[UInt8]], _ receiver: Receiver)
    async throws
  {
    let tree = try await find("-type", "f", in: receiver.files)
    #expect(Set(tree) == Set(names.map(hex)) && tree.count == names.count)
    for (name, sent) in zip(names, sent) {
      let path = receiver.published(String(decoding: name, as: UTF8.self))
      #expect(
        FileManager.default.contents(atPath: path) == Data("named \(hex(sent))".utf8), "\(path)")
    }
    let rows = try await receiver.sqlite(
      "SELECT lower(hex(name)) FROM history WHERE status = 'completed'")
    #expect(Set(rows.split(separator: "\n").map(String.init)) == Set(names.map(hex)))
    let verified = try await Programs.xferd("verify", "--data", receiver.data, "--quiet")
    #expect(verified.status == 0, "\(verified.out)\(verified.err)")
    #expect(try await find("!", "-type", "f", "!", "-type", "d", in: receiver.files).isEmpty)
    #expect(receiver.arriving.isEmpty)
    let page = try await receiver.page("/metrics").body
    #expect(page.contains("\nxfer_sessions_crashed_total 0\n"))
  }

  /// The paths that find(1) finds below a directory, as hexadecimal digits.
  private func find(_ test: String..., in place: String) async throws -> [String] {
    let outcome = try await Programs.run(
      "/usr/bin/env", ["find", place] + test + ["-printf", "%P\\0"])
    return outcome.out.utf8.split(separator: 0).map { hex(Array($0)) }
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  /// The names that are published, and the names that they were sent as.
  private func published(_ outcomes: [(sent: [UInt8], outcome: HostileName.Outcome)])
    -> (names: [[UInt8]], sent: [[UInt8]])
  {
    let found = outcomes.compactMap { sent, outcome -> ([UInt8], [UInt8])? in
      guard case .published(let name) = outcome else { return nil }
      return (name, sent)
    }
    return (found.map(\.0), found.map(\.1))
  }

  @Test("Each name of a native client is published as it is, or refused with its reason")
  func nativeNames() async throws {
    let table = HostileName.table
    #expect(table.count >= 60)
    try await withReceiver { receiver in
      let answers = try await offer(table.map(\.bytes), receiver, "native")
      for (name, answer) in zip(table, answers) {
        expect(name.native, answer, hex(name.bytes))
      }
      let good = published(table.map { ($0.bytes, $0.native) })
      try await expectPublished(good.names, sentAs: good.sent, receiver)
    }
  }

  private func expect(_ wanted: HostileName.Outcome, _ answer: [String: Any], _ name: String) {
    let reason = answer["reason"] as? Int
    switch wanted {
    case .published(let bytes):
      #expect(reason == nil, "\(name): \(answer)")
      #expect((answer["said"] as? String).map { Array($0.utf8) } == bytes)
    case .refused(let wanted): #expect(reason == wanted, "\(name): \(answer)")
    }
  }

  @Test("Each name of a classic client is published up to its NUL, or refused with its reason")
  func classicNames() async throws {
    let table = HostileName.table.filter { $0.classic != nil }
    try await withReceiver { receiver in
      let answers = try await offer(table.map(\.bytes), receiver, "classic")
      let outcomes = table.map { ($0.bytes, $0.classic ?? .refused(0)) }
      for ((sent, outcome), answer) in zip(outcomes, answers) {
        let isRefused = if case .refused = outcome { true } else { false }
        #expect((answer["reason"] as? Int == 0) == isRefused, "\(hex(sent)): \(answer)")
      }
      try await expectRefused(outcomes, receiver)
      let good = published(outcomes)
      try await expectPublished(good.names, sentAs: good.sent, receiver)
    }
  }

  /// Expects failed rows of exactly these refusals. A row has the name made safe to show.
  private func expectRefused(
    _ outcomes: [([UInt8], HostileName.Outcome)], _ receiver: Receiver
  ) async throws {
    let wanted = outcomes.compactMap { sent, outcome -> String? in
      guard case .refused(let reason) = outcome else { return nil }
      let shown = String(decoding: sent.prefix { $0 != 0 }, as: UTF8.self).unicodeScalars
        .map { $0.properties.generalCategory == .control ? "?" : String($0) }.joined()
      return hex(Array(shown.utf8)) + (reason == HostileName.exists ? "|exists" : "|bad_name")
    }
    let rows = try await receiver.sqlite(
      "SELECT lower(hex(name)) || '|' || reason FROM history WHERE status = 'failed'")
    #expect(Set(rows.split(separator: "\n").map(String.init)) == Set(wanted))
  }

  @Test("A client with a directory of its own names no file outside of it")
  func namesBelowPrefix() async throws {
    let data = directory.path + "/data"
    let home = directory.path + "/home"
    let pin = try await Programs.xferctl("identity", environment: ["XFER_HOME": home]).out
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    let accepted = try await Programs.xferd(
      "clients", "accept", pin, "--name", "cam7", "--prefix", "cams/7", "--data", data)
    try #require(accepted.status == 0, "\(accepted.err)")
    try await withReceiver(data: data, environment: ["XFERD_ACCESS": "identified"]) { receiver in
      let answers = try await offer(
        HostileName.belowPrefix.map(\.bytes), receiver, "native", "--identity", home)
      for (name, answer) in zip(HostileName.belowPrefix, answers) {
        #expect(answer["reason"] as? Int == name.reason, "\(hex(name.bytes)): \(answer)")
      }
      let good = HostileName.belowPrefix.filter { $0.reason == nil }
      try await expectPublished(
        good.map { Array("cams/7/".utf8) + $0.bytes }, sentAs: good.map(\.bytes), receiver)
    }
  }

  @Test("A link, a loop or a pipe on the receiver's disk is no directory and no free name")
  func plantedNamesAreTaken() async throws {
    let data = directory.path + "/data"
    let files = data + "/files"
    let manager = FileManager.default
    try manager.createDirectory(atPath: files + "/real", withIntermediateDirectories: true)
    let links = [
      "etc": "/etc", "up": "..", "loop": "loop", "dangling": "/nowhere/at/all", "real/out": "../..",
      "history": "../history.sqlite", "incoming": "../incoming", "absolute": data, "dev": "/dev",
    ]
    for (name, target) in links {
      try manager.createSymbolicLink(
        atPath: "\(files)/\(name)", withDestinationPath: target)
    }
    _ = try await Programs.run("/usr/bin/env", ["mkfifo", files + "/pipe"])
    let before = try await find("-printf", "%p %l %i\\n", in: files)
    try await withReceiver(data: data) { receiver in
      let below = ["", "/x", "/passwd", "/null", "/files/x", "/history.sqlite"]
      let names = (Array(links.keys) + ["pipe"]).flatMap { name in below.map { name + $0 } }
      let answers = try await offer(names.map { Array($0.utf8) }, receiver, "native")
      for (name, answer) in zip(names, answers) {
        #expect(answer["reason"] as? Int == HostileName.exists, "\(name): \(answer)")
      }
      try expectNoHint(names, answers)
      #expect(try await find("-printf", "%p %l %i\\n", in: files) == before)
      #expect(try await receiver.history("--status", "completed").isEmpty)
    }
  }

  /// Expects that the sentences for `etc/passwd`, which exists, and for `etc/x` are the same.
  private func expectNoHint(_ names: [String], _ answers: [[String: Any]]) throws {
    let said = Dictionary(
      uniqueKeysWithValues: zip(names, answers.map { $0["said"] as? String ?? "" }))
    #expect(said["etc/passwd"] == said["etc/x"] && said["etc/x"]?.isEmpty == false)
    #expect(said["dev/null"] == said["dev/x"])
  }

  @Test("A link to a copy of a delivered file does not count as the file")
  func linkToCopyIsNotTheFile() async throws {
    let file = try directory.file("f", bytes: 1000)
    let id = String(repeating: "ab", count: 16)
    try await withReceiver { receiver in
      #expect(
        try await receiver.native("send", file, "d/f", "--id", id)["status"] as? String
          == "received")
      try FileManager.default.removeItem(atPath: receiver.published("d/f"))
      try FileManager.default.createSymbolicLink(
        atPath: receiver.published("d/f"), withDestinationPath: file)
      let again = try await receiver.native("send", file, "d/f", "--id", id)
      #expect(again["standing"] as? String == "removed", "\(again)")
      let verified = try await Programs.xferd("verify", "--data", receiver.data)
      #expect(verified.status != 0, "\(verified.out)")
    }
  }
}
