import Foundation
import Testing

@Suite("A file that is removed after each delivery is delivered again", .timeLimit(.minutes(20)))
struct DeliveryChainTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func offer(_ receiver: Receiver, _ file: String, _ id: String) async throws
    -> [String: Any]
  {
    try await receiver.native("--version", "2", "send", file, "f", "--id", id)
  }

  /// Removes the delivered file, offers the same file again, and delivers it under the id that the
  /// receiver names.
  private func round(_ receiver: Receiver, _ file: String, newest: String) async throws -> String {
    try FileManager.default.removeItem(atPath: receiver.published("f"))
    let asked = try await offer(receiver, file, HeldTransfer.id)
    #expect(asked["standing"] as? String == "removed" && asked["id"] as? String == newest)
    let next = try #require(asked["next"] as? String)
    let sent = try await offer(receiver, file, next)
    #expect(sent["standing"] as? String == "new" && sent["id"] as? String == next)
    #expect(sameContent(file, receiver.published("f")))
    return next
  }

  @Test("The newest of 100 redeliveries is found with one offer")
  func hundredRedeliveriesNeedOneOfferEach() async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withReceiver { receiver in
      var newest = HeldTransfer.id
      var ids: Set = [newest]
      _ = try await offer(receiver, file, newest)
      for _ in 1...100 {
        newest = try await round(receiver, file, newest: newest)
        #expect(ids.insert(newest).inserted)
      }
      let there = try await offer(receiver, file, HeldTransfer.id)
      #expect(there["standing"] as? String == "there" && there["id"] as? String == newest)
      #expect(there["next"] is NSNull)
      #expect(try await receiver.history("--status", "completed").count == 101)
    }
  }

  @Test(
    "A client of protocol version 1 gets a receipt with the id that it offered")
  func version1ClientGetsItsOwnId() async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withReceiver { receiver in
      _ = try await offer(receiver, file, HeldTransfer.id)
      _ = try await round(receiver, file, newest: HeldTransfer.id)
      let there = try await receiver.native("send", file, "f", "--id", HeldTransfer.id)
      #expect(there["standing"] as? String == "there" && there["id"] as? String == HeldTransfer.id)
      try FileManager.default.removeItem(atPath: receiver.published("f"))
      let removed = try await receiver.native("send", file, "f", "--id", HeldTransfer.id)
      #expect(removed["standing"] as? String == "removed")
      #expect(removed["id"] as? String == HeldTransfer.id && removed["next"] is NSNull)
    }
  }

  @Test(
    "An offer that carries its content gets the next id like any other")
  func eagerOfferGetsNextId() async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withReceiver { receiver in
      _ = try await offer(receiver, file, HeldTransfer.id)
      let next = try await round(receiver, file, newest: HeldTransfer.id)
      try FileManager.default.removeItem(atPath: receiver.published("f"))
      let asked = try await receiver.native(
        "--version", "2", "send", file, "f", "--id", HeldTransfer.id, "--eager")
      #expect(asked["standing"] as? String == "removed" && asked["id"] as? String == next)
      let after = try #require(asked["next"] as? String)
      let sent = try await receiver.native(
        "--version", "2", "send", file, "f", "--id", after, "--eager")
      #expect(sent["standing"] as? String == "new")
      #expect(receiver.arriving.isEmpty)
    }
  }
}
