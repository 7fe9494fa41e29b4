/// Eight bytes that the receiver returns unchanged.
public struct Ping: Equatable, Sendable {
  /// The eight bytes.
  public let token: UInt64

  /// `token` should be random, so that the reply can be recognized.
  public init(token: UInt64) { self.token = token }

  func encode(into writer: inout WireWriter) { writer.write(token) }

  init(from reader: inout WireReader) throws(WireError) { token = try reader.uint64() }
}
