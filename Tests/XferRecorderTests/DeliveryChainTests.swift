import Testing
import XferHistory
import XferProtocol
import XferStorage
import XferSystem

@testable import XferRecorder

@Suite("The deliveries of one file")
struct DeliveryChainTests {
  private let rig: RecorderRig
  private let chain: DeliveryChain
  private static let client = Client(address: "127.0.0.2")

  init() throws {
    rig = try RecorderRig(durability: .lazy)
    chain = DeliveryChain(
      root: .random(), client: DeliveryChainTests.client, history: rig.history)
  }

  /// Adds the rows of deliveries with these numbers.
  private func deliver(_ numbers: some Sequence<UInt64>) throws {
    let transfers = try numbers.map { number in
      SealedTransfer(
        id: chain.id(number), name: try FileName("a"), size: 1, client: chain.client,
        wire: .native, startedAt: Timestamp(microseconds: 1), digest: nil, isSynced: true)
    }
    let file = FileIdentity(inode: 1, born: 1)
    let rows = try rig.history.record(transfers.map { ($0, file) }, .lazy)
    try rig.history.complete(
      rows.compactMap(\.self).map { .published($0, at: .now) }, failures: [])
  }

  @Test("The first has the id of the client, and every other an id of its own")
  func idsDiffer() {
    #expect(chain.id(0) == chain.root)
    #expect(Set((0..<100).map(chain.id)).count == 100)
  }

  @Test("Without a delivery there is no newest one")
  func chainIsEmpty() throws {
    #expect(try chain.newest() == nil)
    try deliver([1])  // the first was never delivered
    #expect(try chain.newest() == nil)
  }

  @Test(
    "The newest is found after any number of deliveries", arguments: [1, 2, 3, 4, 7, 8, 9, 100])
  func newestIsFound(_ count: UInt64) throws {
    try deliver(0..<count)
    #expect(try chain.newest() == count - 1)
  }

  @Test("Deliveries of another client under the same ids do not count")
  func otherClientsDoNotCount() throws {
    try deliver(0..<4)
    let other = DeliveryChain(
      root: chain.root, client: Client(address: "127.0.0.9"), history: rig.history)
    #expect(try other.newest() == nil)
  }

  @Test("Where rows are missing, the id after the newest is free")
  func nextIdIsFreeBeforeGap() throws {
    try deliver([0, 1, 2, 5, 6])
    let newest = try #require(try chain.newest())
    #expect(try !rig.history.isUsed(chain.id(newest + 1), by: chain.client))
  }
}
