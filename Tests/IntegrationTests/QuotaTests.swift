import Foundation
import Testing

@Suite("The line of a client bounds the bytes that it delivers", .timeLimit(.minutes(20)))
struct QuotaTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "A file beyond a quota is refused with the figures, and a smaller one is received",
    arguments: [
      ("--quota", "cam7 has delivered 2000 of 3000 bytes; this file has 1500"),
      ("--quota-day", "cam7 has delivered 2000 of 3000 bytes in 24 hours; this file has 1500"),
    ])
  func fileBeyondQuota(option: String, sentence: String) async throws {
    let first = try directory.file("first", bytes: 2000)
    let above = try directory.file("above", bytes: 1500)
    let below = try directory.file("below", bytes: 1000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", [option, "3000"])
      #expect(try await user.send(first).status == 0)
      let refused = try await user.send(above)
      #expect(refused.status != 0)
      #expect(refused.objects.first?["reason"] as? String == "quota", "\(refused.out)")
      #expect(refused.out.contains(sentence), "\(refused.out)\(refused.err)")
      #expect(receiver.arriving.isEmpty)
      #expect(try await user.send(below).status == 0)
      #expect(try await user.send(first).status == 0, "it was delivered before")
    }
  }

  @Test("A burst of 300 small files stops at the quota")
  func burstStopsAtQuota() async throws {
    let folder = directory.path + "/burst"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for number in 0..<300 { _ = try directory.file("burst/\(number)", bytes: 1000) }
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7", ["--quota", "100000"])
      let sent = try await user.send(folder)
      #expect(sent.status != 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: receiver.published("burst"))
      #expect(names.count == 100)
      #expect(sent.objects.count { $0["reason"] as? String == "quota" } == 200)
      #expect(
        try await receiver.sqlite("SELECT sum(size) FROM history WHERE status = 'completed'")
          == "100000")
    }
  }

  @Test("A key that is in use at two addresses at once is reported")
  func copiedKeyIsReported() async throws {
    let file = try directory.file("f", bytes: 1_000_000)
    try await withIdentifiedReceiver { receiver in
      let user = try await receiver.joined("cam7")
      let options = ["--identity", user.home]
      try await HeldTransfer.run(receiver.server, file, "f", options: options) { _ in
        _ = try await receiver.native(options + ["ping"])
        #expect(await receiver.log.count(of: "the same key is in use") == 0)
        _ = try await receiver.native(["--bind", "127.0.0.9"] + options + ["ping"])
        let line = await receiver.log.line(with: "the same key is in use at another address")
        #expect(line?.contains("client=cam7 ") == true, "\(line ?? "")")
        #expect(line?.contains("other=127.0.0.1") == true, "\(line ?? "")")
      }
    }
  }
}
