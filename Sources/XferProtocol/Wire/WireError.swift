/// Bytes that are not the protocol. The connection that brought them cannot go on.
public struct WireError: Error, Equatable, CustomStringConvertible, Sendable {
  public let why: String
  public init(_ why: String) { self.why = why }
  public var description: String { why }
}
