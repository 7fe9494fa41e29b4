/// The end of a transfer by its sender, for example because the file changed while it was sent.
package struct Withdrawal: Equatable, Sendable {
  /// The tag of the offer.
  package let tag: UInt32
  /// A message for the history.
  package let why: String

  /// `why` is a message for the history.
  package init(tag: UInt32, why: String) {
    self.tag = tag
    self.why = why
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    writer.write(why)
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    why = try reader.peerText()
  }
}
