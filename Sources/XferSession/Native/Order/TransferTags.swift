import XferProtocol

/// The used tags of one connection, with the number of transfers in each state.
struct TransferTags: Equatable, Sendable {
  private var transfers: [UInt32: TransferOrder] = [:]
  private var counts = [Int](repeating: 0, count: TransferState.allCases.count)

  /// The transfer of a tag; nil if the tag is free.
  subscript(tag: UInt32) -> TransferOrder? {
    get { transfers[tag] }
    set {
      if let former = replace(tag, by: newValue) { counts[former.state.rawValue] -= 1 }
      if let newValue { counts[newValue.state.rawValue] += 1 }
    }
  }

  private mutating func replace(_ tag: UInt32, by transfer: TransferOrder?) -> TransferOrder? {
    guard let transfer else { return transfers.removeValue(forKey: tag) }
    return transfers.updateValue(transfer, forKey: tag)
  }

  /// The number of transfers in this state.
  func count(in state: TransferState) -> Int { counts[state.rawValue] }

  /// The number of transfers without a receipt and without a refusal.
  var openCount: Int { transfers.count - count(in: .discarding) }

  /// Marks a refused transfer, so that the rest of its content is discarded. If there are very
  /// many, the oldest is removed. A client that still sends its content then violates the protocol.
  mutating func discard(_ tag: UInt32, _ transfer: TransferOrder) {
    if count(in: .discarding) >= WireLimits.window { freeOldest() }
    var transfer = transfer
    transfer.state = .discarding
    self[tag] = transfer
  }

  private mutating func freeOldest() {
    let discarding = transfers.lazy.filter { $0.value.state == .discarding }
    if let oldest = discarding.map(\.key).min() { self[oldest] = nil }
  }
}
