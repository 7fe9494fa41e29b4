import NIOCore
import Testing
import XferSQLite

@testable import XferStats

@Suite("The history bounds the questions of each address")
struct HistoryDeskTests {
  /// A desk whose history does not exist. It is opened with the first question.
  private let desk = HistoryDesk(
    SQLiteHistory(path: "/no/such/history.sqlite"), label: "test", perAddress: 1)

  @Test("A question above the bound of its address is refused as crowded")
  func questionAboveBoundIsRefused() throws {
    let (first, second) = (try address("127.0.0.2"), try address("127.0.0.3"))
    let places = [try desk.admit(first), try desk.admit(second)]
    #expect(throws: HistoryDesk.Crowded.self) { try desk.admit(first) }
    #expect(throws: HistoryDesk.Crowded.self) { try desk.admit(second) }
    withExtendedLifetime(places) {}
  }

  @Test("A question is admitted again after the answer to the former one")
  func answeredQuestionFreesPlace() throws {
    let address = try address("127.0.0.2")
    let former = try desk.admit(address)
    former.leave()
    let next = try desk.admit(address)
    #expect(throws: HistoryDesk.Crowded.self) { try desk.admit(address) }
    next.leave()
  }

  @Test("Every question to a history that cannot be opened throws")
  func unusableHistoryThrows() async {
    for _ in 0..<2 {
      await #expect(throws: (any Error).self) { try await desk.ask { _ in 0 } }
    }
  }

  private func address(_ host: String) throws -> SocketAddress {
    try SocketAddress(ipAddress: host, port: 1)
  }
}
