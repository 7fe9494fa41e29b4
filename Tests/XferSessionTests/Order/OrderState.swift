import XferProtocol

@testable import XferSession

/// A row of the table in docs/protocol.md: the state of tag 1, by the word of the table.
enum OrderState: String, CaseIterable {
  case notGreeted = "not greeted"
  case free, asked, eager, arriving, sealing, elsewhere, sealed, discarding

  /// The size of the transfer in bytes.
  static let size: UInt64 = 100

  /// The legal order of a connection on which tag 1 has this state.
  func order(version: UInt16 = 2, set: SetReference? = Sample.set) throws -> ProtocolOrder {
    var order = ProtocolOrder()
    try order.receive(magic: WireLimits.magic)
    if self == .notGreeted { return order }
    _ = try order.receive(.hello(Hello(version: version, agent: "test", set: set)))
    if self == .free { return order }
    _ = try order.receive(.offer(try Sample.offer(size: OrderState.size, isEager: self == .eager)))
    advance(&order)
    return order
  }

  /// The offset of the content that comes next in this state.
  var next: UInt64 { self == .arriving ? 10 : 0 }

  private func advance(_ order: inout ProtocolOrder) {
    switch self {
    case .notGreeted, .free, .asked, .eager: break
    case .elsewhere: order.waitElsewhere(1)
    case .arriving: order.accept(1, from: 10)
    case .sealing, .sealed:
      order.accept(1, from: OrderState.size)
      order.seal(1)
      if self == .sealed { order.handOver(1) }
    case .discarding:
      order.accept(1, from: 0)
      order.refuse(1)
    }
  }
}
