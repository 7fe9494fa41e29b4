/// A refusal of a transfer, a question or a connection.
public struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason, for programs.
  public let reason: Reason
  /// A message for a person.
  public let sentence: String
  /// Seconds after which a retry may succeed; nil if a retry does not help.
  public let retryAfter: UInt32?

  /// `retryAfter` is in seconds; nil if a retry does not help.
  public init(_ reason: Reason, _ sentence: String, retryAfter: UInt32? = nil) {
    self.reason = reason
    self.sentence = sentence
    self.retryAfter = retryAfter
  }

  /// True if the only reason is the number of connections.
  public var isCapacityRefusal: Bool { reason == .busy || reason == .tooManyFromAddress }

  /// The message alone.
  public var description: String { sentence }

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
