/// Bytes that are not the protocol. The connection that brought them cannot go on.
public struct WireError: Error, Equatable, CustomStringConvertible, Sendable {
  public let why: String
  /// The bytes are not as they were sent: the link is to blame, not the peer, and the same may go
  /// well over another connection.
  public let isDamage: Bool

  public init(_ why: String, isDamage: Bool = false) {
    self.why = why
    self.isDamage = isDamage
  }

  public var description: String { why }
}
