import Testing
import XferSystem

@testable import XferSupervisor

@Suite("Clients that say nothing must leave, and no honest client for them")
struct UnidentifiedPoolTests {
  private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)

  private var pool: UnidentifiedPool {
    var limits = Admission.Limits()
    limits.connections = 20
    limits.unidentified = 4
    return UnidentifiedPool(limits)
  }

  private func member(_ pid: Int32, _ network: String, age: Duration) -> UnidentifiedPool.Member {
    UnidentifiedPool.Member(pid: pid, network: network, startedAt: now.advanced(by: .zero - age))
  }

  private func leaving(_ members: [UnidentifiedPool.Member]) -> [Int32] {
    pool.excess(of: members, now: now).map(\.pid).sorted()
  }

  @Test("As many as the pool may stay, however old they are")
  func poolMayStay() {
    #expect(leaving((0..<4).map { member($0, "a", age: .seconds(100)) }).isEmpty)
    #expect(pool.deadline(of: [member(1, "a", age: .zero)]) == nil)
  }

  @Test("Beyond the pool the oldest leave, once they are older than a second")
  func oldestLeave() {
    let members = (0..<7).map { member($0, "a", age: .seconds(7 - Int64($0))) }
    #expect(leaving(members) == [0, 1, 2])
    let young = (0..<7).map { member($0, "a", age: .milliseconds(900)) }
    #expect(leaving(young).isEmpty)
    #expect(pool.deadline(of: young) == now + .milliseconds(100))
  }

  @Test("The address with the most leaves first, so that a single old client stays")
  func crowdedAddressLeavesFirst() {
    let flood = (0..<6).map { member($0, "flood", age: .seconds(2)) }
    let honest = member(9, "honest", age: .seconds(9))
    #expect(!leaving(flood + [honest]).contains(9))
    #expect(leaving(flood + [honest]).count == 3)
  }

  @Test("A single old client stays, too, while a crowd is too young to leave")
  func youngCrowdPushesNoneOut() {
    let crowd = (0..<8).map { member($0, "crowd", age: .milliseconds(900 - 10 * Int64($0))) }
    let honest = member(9, "honest", age: .seconds(9))
    #expect(leaving(crowd + [honest]).isEmpty)
    #expect(pool.deadline(of: crowd + [honest]) == now + .milliseconds(100))
  }

  @Test("Young ones leave, too, if half of all places are taken so")
  func halfOfPlacesIsKeptFree() {
    let members = (0..<13).map { member($0, "\($0)", age: .milliseconds(200 + 10 * Int64($0))) }
    #expect(leaving(members) == [10, 11, 12])
    let newest = (0..<13).map { member($0, "\($0)", age: .milliseconds(50)) }
    #expect(leaving(newest).isEmpty, "they may not have opened their signals")
  }
}
