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
  public private(set) var total = 0
  private var byAddress: [String: Int] = [:]

  public init(_ limits: Limits) { self.limits = limits }

  public func decide(_ address: String) -> Decision {
    if total >= limits.connections + Limits.courtesy { return .drop }
    if total >= limits.connections {
      return .refuse(
        Refusal(
          .busy, "the receiver serves \(limits.connections) connections already", retryAfter: 2))
    }
    if byAddress[address, default: 0] >= limits.perAddress {
      return .refuse(
        Refusal(
          .tooManyFromAddress, "\(limits.perAddress) connections come from \(address) already",
          retryAfter: 2))
    }
    return .serve
  }

  public mutating func enter(_ address: String) {
    total += 1
    byAddress[address, default: 0] += 1
  }

  public mutating func leave(_ address: String) {
    total -= 1
    let left = byAddress[address, default: 1] - 1
    byAddress[address] = left > 0 ? left : nil
  }
}
