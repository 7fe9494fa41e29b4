import GRDB
import Testing
import XferHistory
import XferProtocol
import XferSQLite

@Suite("The history keeps the transfer ids of each client apart")
struct ClientIdTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  @Test("Two clients with the same id have separate deliveries and receipts")
  func sameIdOfTwoClientsIsTwoDeliveries() throws {
    let id = TransferID.random()
    let (one, other) = (
      try sealed("one", id: id, client: "10.0.0.1"), try sealed("other", id: id, client: "10.0.0.2")
    )
    try writer.deliver(one)
    #expect(try writer.receipt(of: id, from: "10.0.0.2") == nil)
    #expect(try !writer.isUsed(id, by: "10.0.0.2"))
    try writer.deliver(other)
    #expect(try writer.receipt(of: id, from: "10.0.0.1")?.name.text == "one")
    #expect(try writer.receipt(of: id, from: "10.0.0.2")?.name.text == "other")
    #expect(try history.entries().count == 2)
  }

  @Test("A group records the same id for several clients")
  func sameIdOfThreeClientsFitsInOneGroup() throws {
    let id = TransferID.random()
    let group = try (1...3).map { try sealed("\($0)", id: id, client: "10.0.0.\($0)") }
    #expect(try writer.record(group, .durable).count == 3)
  }

  @Test("A client that uses an id twice has one delivery")
  func sameIdOfOneClientIsOneDelivery() throws {
    let transfer = try sealed("one", client: "10.0.0.1")
    try writer.deliver(transfer)
    #expect(try writer.isUsed(transfer.id, by: "10.0.0.1"))
    #expect(try writer.record([transfer], .durable).isEmpty)
  }
}
