import Foundation
import Testing

@Suite("A sender reports a file as received only if it was delivered", .timeLimit(.minutes(20)))
struct RedeliveryTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "A file that is removed after each of 100 deliveries is delivered each time",
    arguments: [1000, 300_000])
  func removedFileIsDelivered100Times(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    try await withReceiver { receiver in
      for round in 1...100 {
        let outcome = try await receiver.send(file)
        try #require(outcome.status == 0, "round \(round): \(outcome.err)")
        #expect(outcome.objects.first?["repeated"] as? Bool == false)
        try #require(sameContent(file, receiver.published("f")), "round \(round)")
        try FileManager.default.removeItem(atPath: receiver.published("f"))
      }
      #expect(try await receiver.history("--status", "completed").count == 100)
      #expect(try await receiver.history("--status", "failed").isEmpty)
    }
  }

  @Test(
    "A file fails with status 74 if the receiver names it removed under every id",
    arguments: ["removed", "circle"], [1, 2])
  func endlessRemovedReceiptsFail(way: String, version: Int) async throws {
    let file = try directory.file("f", bytes: 1000)
    let result = try await ScriptedReceiver.xferctl(
      way, "send", file, "--json", options: ["--version", "\(version)"])
    #expect(result.outcome.status == 74)
    #expect(result.outcome.objects.first?["status"] as? String == "failed")
    #expect(result.outcome.err.isEmpty)
    let once = way == "circle" && version == 2
    #expect(result.offers.count == (once ? 1 : 17))
    #expect(Set(result.ids).count == result.offers.count, "each id is offered once")
  }

  @Test(
    "A removed file is sent again under the next id that the receiver names",
    arguments: [1000, 300_000])
  func removedFileIsSentUnderNextId(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    let result = try await ScriptedReceiver.xferctl("anew", "send", file, "--json")
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.offers.count == 2)
    #expect(result.ids.last == result.following.first)
    let line = try #require(result.outcome.objects.first)
    #expect(line["repeated"] as? Bool == false)
    #expect(line["transfer_id"] as? String == result.following.first)
    #expect(result.received["f"] == (try await sha256(file)))
  }

  @Test(
    "A file that changes during its redelivery is sent under a new id from its start")
  func changedRedeliveryGetsNewId() async throws {
    let file = try await directory.noise("f", bytes: 60_000_000)
    let result = try await ScriptedReceiver.xferctl(
      "anew", "send", file, "--json",
      options: ["--before-content", "head -c 60000000 /dev/urandom | dd of=\(file) conv=notrunc"])
    #expect(result.outcome.status == 0, "\(result.outcome.err)")
    #expect(result.ids.count > 2)
    #expect(Set(result.ids).count == result.ids.count, "each content has its own id")
    #expect(result.received["f"] == (try await sha256(file)))
  }
}
