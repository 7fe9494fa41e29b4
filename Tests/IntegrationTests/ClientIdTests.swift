import Foundation
import Testing

@Suite("A receiver keeps the transfer ids of each client apart", .timeLimit(.minutes(20)))
struct ClientIdTests {
  let directory: TemporaryDirectory
  let stranger = "127.0.0.9"

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "Content that another client sends under the same id gives a client no receipt")
  func foreignContentGivesNoReceipt() async throws {
    let file = try directory.file("f", bytes: 500_000)
    let garbage = try directory.file("garbage", bytes: 500_000, seed: 9)
    try await withReceiver { receiver in
      _ = try await receiver.native(
        "send", file, "f", "--id", HeldTransfer.id, "--stop-after", "200000")
      let theirs = try await receiver.native(
        "--bind", stranger, "send", garbage, "f", "--id", HeldTransfer.id)
      #expect(theirs["status"] as? String == "received")
      // The stranger has taken the name, so the client is refused and gets no receipt.
      let refused = try await receiver.native("send", file, "f", "--id", HeldTransfer.id)
      #expect(refused["status"] as? String == "refused" && refused["reason"] as? Int == 5)
      try FileManager.default.removeItem(atPath: receiver.published("f"))
      let own = try await receiver.native("send", file, "f", "--id", HeldTransfer.id)
      #expect(own["standing"] as? String == "new" && own["resumed_at"] as? Int ?? 0 > 0)
      #expect(sameContent(file, receiver.published("f")))
      let again = try await receiver.native(
        "--bind", stranger, "send", garbage, "f", "--id", HeldTransfer.id)
      #expect(again["sha256"] as? String == theirs["sha256"] as? String)
      #expect(again["standing"] as? String == "removed")
    }
  }

  @Test("Two clients deliver under the same id at the same time")
  func twoClientsDeliverSameIdAtOnce() async throws {
    let armed = try TemporaryDirectory()
    let (one, two) = (
      try directory.file("1", bytes: 1000, seed: 1), try directory.file("2", bytes: 1000, seed: 2)
    )
    let place = ArmedPlace("recorder.held", in: armed)
    try await withReceiver(environment: ArmedPlace.environment(armed)) { receiver in
      // The first transfer holds the recorder up, so that the two after it form one group.
      async let first = receiver.native("send", one, "first", "--eager")
      try await place.reached()
      async let ours = receiver.native("send", one, "ours", "--eager", "--id", HeldTransfer.id)
      async let theirs = receiver.native(
        "--bind", stranger, "send", two, "theirs", "--eager", "--id", HeldTransfer.id)
      try await eventually { receiver.arriving.count == 3 }
      place.goOn()
      let answers = [try await first, try await ours, try await theirs]
      #expect(answers.allSatisfy { $0["standing"] as? String == "new" })
      #expect(sameContent(one, receiver.published("ours")))
      #expect(sameContent(two, receiver.published("theirs")))
    }
  }

  @Test("The history shows a transfer id only to its own client")
  func historyHidesIdFromOtherClients() async throws {
    let file = try directory.file("f", bytes: 1000)
    try await withReceiver { receiver in
      let sent = try await receiver.native("send", file, "f", "--id", HeldTransfer.id)
      #expect(sent["status"] as? String == "received")
      _ = try await receiver.native("--bind", stranger, "send", file, "f", "--id", HeldTransfer.id)
      func ids(_ rows: [[String: Any]]) -> [String?] { rows.map { $0["transfer_id"] as? String } }
      #expect(ids(try await receiver.history()) == [nil, HeldTransfer.id])
      let page = try await receiver.page("/history").body
      #expect(!page.contains(HeldTransfer.id) && page.contains("\"transfer_id\" : null"))
      let host = try await Programs.xferd(
        "history", "--database", receiver.database, "--format", "jsonl")
      #expect(ids(host.objects) == [HeldTransfer.id, HeldTransfer.id])
    }
  }
}
