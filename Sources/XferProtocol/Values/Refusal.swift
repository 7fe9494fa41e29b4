/// A refusal of a transfer, a question or a connection.
package struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason, for programs.
  package let reason: Reason
  /// A message for a person.
  package let sentence: String
  /// Seconds after which a retry may succeed; nil if a retry does not help.
  package let retryAfter: UInt32?

  /// `retryAfter` is in seconds; nil if a retry does not help.
  package init(_ reason: Reason, _ sentence: String, retryAfter: UInt32? = nil) {
    self.reason = reason
    self.sentence = sentence
    self.retryAfter = retryAfter
  }

  /// The refusal for a failure of the receiver that only its log describes.
  package static let unavailable = Refusal(
    .unavailable, "the receiver cannot do it now; its log says why", retryAfter: 5)
  /// The refusal of an address with too many connections.
  package static func tooMany(from address: String) -> Refusal {
    Refusal(
      .tooManyFromAddress, "\(address) has reached the limit of connections from one address",
      retryAfter: 2)
  }

  /// True if the only reason is the number of connections.
  package var isCapacityRefusal: Bool { reason == .busy || reason == .tooManyFromAddress }

  /// The message alone.
  package var description: String { sentence }

  func encode(into writer: inout WireWriter) {
    writer.write(reason.rawValue)
    writer.write(retryAfter ?? .max)
    writer.write(sentence)
  }

  init(from reader: inout WireReader) throws(WireError) {
    let number = try reader.uint16()
    let after = try reader.uint32()
    let sentence = try reader.peerText()
    // A later version may have more reasons. Its message is still valid for a person.
    self.init(
      Reason(rawValue: number) ?? .notAllowed, sentence, retryAfter: after == .max ? nil : after)
  }
}
