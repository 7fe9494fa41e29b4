import Testing
import XferProtocol
import XferSystem

@testable import XferRecorder

@Suite("The requests of a group")
struct GroupRequestsTests {
  private let session: SessionEnd

  init() throws { session = try SessionEnd() }

  private func transfer(
    _ id: TransferID, client: String = "::1", name: String? = nil
  ) throws -> SealedTransfer {
    SealedTransfer(
      id: id, name: try FileName("a"), size: 1, client: Client(address: client, name: name),
      wire: .native, startedAt: Timestamp(microseconds: 1), digest: nil, isSynced: true)
  }

  @Test("A transfer is in a group once, and two clients may use the same id")
  func transferIsTakenOnce() throws {
    let id = TransferID.random()
    var requests = GroupRequests()
    let taken = [
      requests.take(try transfer(id), for: session.ticket(1)),
      requests.take(try transfer(id), for: session.ticket(2)),
      requests.take(try transfer(id, client: "::2"), for: session.ticket(3)),
    ]
    #expect(taken == [true, false, true])
    #expect(requests.transfers.map(\.ticket.number) == [1, 3])
  }

  @Test("A transfer of an identified client is in a group once, from whichever address it came")
  func transferOfNameIsTakenOnce() throws {
    let id = TransferID.random()
    var requests = GroupRequests()
    let taken = [
      requests.take(try transfer(id, name: "cam-7"), for: session.ticket(1)),
      requests.take(try transfer(id, client: "::2", name: "cam-7"), for: session.ticket(2)),
      requests.take(try transfer(id), for: session.ticket(3)),
      requests.take(try transfer(id, name: "cam-8"), for: session.ticket(4)),
    ]
    #expect(taken == [true, false, true, true])
  }

  @Test("A group has 512 transfers at most, and failures besides")
  func groupIsBounded() throws {
    var requests = GroupRequests()
    let taken = try (1...513).map { number in
      requests.take(try transfer(.random()), for: session.ticket(number))
    }
    #expect(taken.count(where: \.self) == 512 && taken.last == false)
    #expect(requests.transfers.count == 512)
  }
}
