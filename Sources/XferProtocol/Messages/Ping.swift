/// Eight bytes that the receiver returns unchanged.
package struct Ping: Equatable, Sendable {
  /// The eight bytes.
  package let token: UInt64

  /// `token` should be random, so that the reply can be recognized.
  package init(token: UInt64) { self.token = token }

  func encode(into writer: inout WireWriter) { writer.write(token) }

  init(from reader: inout WireReader) throws(WireError) { token = try reader.uint64() }
}
