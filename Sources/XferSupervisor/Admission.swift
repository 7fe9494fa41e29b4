import XferProtocol

/// Who is let in. Counts only: it decides before anyone has read a byte.
public struct Admission: Sendable {
  public struct Limits: Sendable {
    /// Connections served at once, in all and from one address.
    public var connections = 512
    public var perAddress = 256

    /// Connections beyond the limit that are told why; further ones are closed without a word.
    public static let courtesy = 64

    public init() {}
  }

  public enum Decision: Equatable, Sendable {
    case serve
    case refuse(Refusal)
    case drop
  }

  private let limits: Limits
  /// Connections that are served, and those that are being told why they are not.
  public private(set) var total = 0
  private var refused = 0
  private var byAddress: [String: Int] = [:]

  public init(_ limits: Limits) { self.limits = limits }

  public func decide(_ address: String) -> Decision {
    guard let refusal = refusal(address) else { return .serve }
    return refused < Limits.courtesy ? .refuse(refusal) : .drop
  }

  private func refusal(_ address: String) -> Refusal? {
    if total >= limits.connections {
      return Refusal(.busy, "the receiver serves as many connections as it may", retryAfter: 2)
    }
    if byAddress[address, default: 0] >= limits.perAddress {
      return Refusal(
        .tooManyFromAddress, "\(address) has as many connections as an address may", retryAfter: 2)
    }
    return nil
  }

  public mutating func enter(_ address: String, isServed: Bool) {
    guard isServed else { return refused += 1 }
    total += 1
    byAddress[address, default: 0] += 1
  }

  public mutating func leave(_ address: String, wasServed: Bool) {
    guard wasServed else { return refused -= 1 }
    total -= 1
    let left = byAddress[address, default: 1] - 1
    byAddress[address] = left > 0 ? left : nil
  }
}
