/// The end of a transfer by its sender, for example because the file changed while it was sent.
public struct Withdrawal: Equatable, Sendable {
  /// The tag of the offer.
  public let tag: UInt32
  /// A message for the history.
  public let why: String

  /// `why` is a message for the history.
  public init(tag: UInt32, why: String) {
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
