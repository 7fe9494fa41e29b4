import XferProtocol

/// The limits on connections. It only counts: a decision is made before a byte of the connection is
/// read.
package struct Admission: Sendable {
  /// The limits on connections.
  package struct Limits: Sendable {
    /// The number of connections that are served at once.
    package var connections = 512
    /// The number of connections that are served at once from one address.
    package var perAddress = 256

    /// The number of connections above a limit that are refused with a reply at once. Further ones
    /// are closed without a reply.
    package static let courtesy = 64

    /// Creates limits with their defaults.
    package init() {}
  }

  private let limits: Limits
  /// The number of connections that are served.
  package private(set) var total = 0
  /// The number of connections that are being refused.
  private var refused = 0
  private var byAddress: [String: Int] = [:]

  /// Creates an admission without connections.
  package init(_ limits: Limits) { self.limits = limits }

  /// Decides on a connection from `address`, which is nil for a proxy, whose own address has no
  /// limit. `enter` counts it afterwards.
  package func decide(_ address: String?) -> AdmissionDecision {
    guard let refusal = refusal(address) else { return .serve }
    return refused < Limits.courtesy ? .refuse(refusal) : .drop
  }

  private func refusal(_ address: String?) -> Refusal? {
    if total >= limits.connections {
      return Refusal(.busy, "the receiver has reached its limit of connections", retryAfter: 2)
    }
    if let address, byAddress[address, default: 0] >= limits.perAddress {
      return .tooMany(from: address)
    }
    return nil
  }

  /// Counts a connection after its session has started.
  package mutating func enter(_ address: String?, isServed: Bool) {
    guard isServed else { return refused += 1 }
    total += 1
    guard let address else { return }
    byAddress[address, default: 0] += 1
  }

  /// Stops counting a connection after its session has ended.
  package mutating func leave(_ address: String?, wasServed: Bool) {
    guard wasServed else { return refused -= 1 }
    total -= 1
    guard let address else { return }
    let left = byAddress[address, default: 1] - 1
    byAddress[address] = left > 0 ? left : nil
  }
}
