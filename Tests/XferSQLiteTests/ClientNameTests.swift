import GRDB
import Testing
import XferHistory
import XferProtocol
import XferSystem

@testable import XferSQLite

@Suite("All rows of an identified client belong to its name")
struct ClientNameTests {
  private let history: TemporaryHistory
  private let writer: SQLiteWriter
  private let camera = Client(address: "10.0.0.5", name: "cam-7")
  /// The same client from another address.
  private let moved = Client(address: "10.0.0.6", name: "cam-7")
  /// Another client of the first address.
  private let neighbour = Client(address: "10.0.0.5", name: "cam-8")
  private let unknown = Client(address: "10.0.0.5")

  init() throws {
    history = try TemporaryHistory()
    writer = try history.writer()
  }

  private func count(_ sql: String) throws -> Int64? {
    try DatabaseQueue(path: history.path).read { try Int64.fetchOne($0, sql: sql) }
  }

  @Test("A row has the client's name and address, and none a name that was not identified")
  func rowHasNameAndAddress() throws {
    try writer.deliver(try sealed("one", client: camera), at: second(100))
    try writer.deliver(try sealed("other", client: unknown), at: second(101))
    try writer.complete([], failures: [failed("third", client: neighbour)])
    #expect(try history.entries().map(\.client) == [neighbour, unknown, camera])
  }

  @Test("An identified client gets the receipt of its delivery from another address")
  func receiptFollowsName() throws {
    let transfer = try sealed("one", client: camera)
    try writer.deliver(transfer)
    let receipt = try #require(try writer.receipt(of: transfer.id, from: moved))
    #expect(receipt.name.text == "one")
    #expect(try writer.isUsed(transfer.id, by: moved))
    #expect(try writer.isLatest(receipt, from: moved))
    #expect(try writer.record([try sealed("one", id: transfer.id, client: moved)], .lazy).isEmpty)
  }

  @Test("A client that is not identified gets no receipt of an identified one of its address")
  func addressGetsNoReceiptOfName() throws {
    let id = TransferID.random()
    try writer.deliver(try sealed("one", id: id, client: camera))
    for other in [unknown, neighbour] {
      #expect(try writer.receipt(of: id, from: other) == nil)
      #expect(try !writer.isUsed(id, by: other))
    }
    try writer.deliver(try sealed("two", id: id, client: unknown))
    try writer.deliver(try sealed("three", id: id, client: neighbour))
    #expect(try writer.receipt(of: id, from: camera)?.name.text == "one")
    #expect(try writer.receipt(of: id, from: unknown)?.name.text == "two")
    #expect(try writer.receipt(of: id, from: neighbour)?.name.text == "three")
  }

  @Test("A name is known once its client has delivered or failed, also after its rows were removed")
  func nameIsKnown() throws {
    #expect(try !writer.knows("cam-7"))
    try writer.deliver(try sealed("one", client: camera), at: second(100))
    try writer.complete([], failures: [failed("two", client: neighbour)])
    try writer.complete([], failures: [failed("three", client: unknown)])
    try DatabaseQueue(path: history.path).write { try $0.execute(sql: "DELETE FROM transfer") }
    for name in ["cam-7", "cam-8"] { #expect(try writer.knows(name)) }
    for name in ["cam-9", "cam", "10.0.0.5", ""] { #expect(try !writer.knows(name)) }
  }

  @Test("A recorded row keeps the name of its client until it is published")
  func recordedRowKeepsName() throws {
    _ = try writer.record([try sealed("one", client: camera)], .durable)
    #expect(try writer.unpublished().map(\.transfer.client) == [camera])
  }

  @Test("Failures of an identified client from two addresses share one row, those of others do not")
  func failuresFollowName() throws {
    for (number, client) in zip(Int64(1)..., [camera, moved, neighbour, unknown]) {
      try writer.complete([], failures: [failed(client: client, startedAt: second(number))])
    }
    let entries = try history.entries()
    #expect(entries.map(\.client) == [unknown, neighbour, moved])
    #expect(entries.map(\.attempts) == [1, 1, 2])
  }

  @Test("A failure that is reported again is counted once for each client of an address")
  func repeatedReportIsCountedOnce() throws {
    let id = TransferID.random()
    for client in [camera, neighbour, unknown, camera, neighbour, unknown] {
      try writer.complete([], failures: [failed(id: id, client: client)])
    }
    #expect(try history.entries().map(\.attempts) == [1, 1, 1])
  }

  @Test("The rows of failures are bounded for each name, whatever its address")
  func failureBoundFollowsName() throws {
    var bounds = FailureBounds()
    (bounds.ofClient, bounds.ofAll) = (3, 8)
    let writer = try SQLiteWriter(path: history.path, failureBounds: bounds)
    for number in 1...5 {
      for client in [number.isMultiple(of: 2) ? camera : moved, unknown] {
        try writer.complete([], failures: [failed("\(number)", client: client)])
      }
    }
    #expect(try history.entries(HistoryFilter(client: "cam-7")).map(\.name) == ["5", "4", "3"])
    #expect(try count("SELECT rows FROM failed_rows_by_name WHERE client = 'cam-7'") == 3)
    #expect(try count("SELECT rows FROM failed_rows WHERE client_ip = '10.0.0.5'") == 3)
    #expect(try count("SELECT rows FROM failed_rows WHERE client_ip = ''") == 6)
  }

  @Test("A failed row that an administrator deletes no longer counts against its client")
  func deletedRowsAreCounted() throws {
    try writer.complete(
      [], failures: ["a", "b"].map { failed($0, client: camera) } + [failed(client: unknown)])
    try DatabaseQueue(path: history.path).write {
      try $0.execute(sql: "DELETE FROM transfer WHERE name = 'a'")
    }
    #expect(try count("SELECT rows FROM failed_rows_by_name WHERE client = 'cam-7'") == 1)
    #expect(try count("SELECT rows FROM failed_rows WHERE client_ip = '10.0.0.5'") == 1)
    #expect(try count("SELECT rows FROM failed_rows WHERE client_ip = ''") == 2)
  }

  @Test("The busiest clients are identified ones and others together, by the bytes of each")
  func busiestClientsHaveNames() throws {
    for (client, size) in [(camera, 30), (moved, 30), (unknown, 40), (neighbour, 10)] {
      try writer.deliver(try sealed("\(TransferID.random())", size: UInt64(size), client: client))
    }
    let busiest = try history.summary().busiest
    #expect(busiest.map(\.client) == ["cam-7", "10.0.0.5", "cam-8"])
    #expect(busiest.map(\.sum.bytes) == [60, 40, 10])
  }

  @Test("A filter by address finds identified clients too, and a filter by name only that client")
  func filterFindsNameOrAddress() throws {
    for (number, client) in zip(Int64(1)..., [camera, moved, neighbour, unknown]) {
      try writer.deliver(try sealed("\(number)", client: client), at: second(number))
    }
    func names(_ client: String) throws -> [String] {
      try history.entries(HistoryFilter(client: client)).map(\.name)
    }
    #expect(try names("10.0.0.5") == ["4", "3", "1"])
    #expect(try names("cam-7") == ["2", "1"])
    #expect(try names("cam") == [])
    #expect(try names("::1") == [])
  }
}
