/// A no: its code, a sentence for a person, and when to try again.
public struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
  public let reason: Reason
  public let sentence: String
  /// Seconds after which the same request may succeed; nil where waiting does not help.
  public let retryAfter: UInt32?

  public init(_ reason: Reason, _ sentence: String, retryAfter: UInt32? = nil) {
    self.reason = reason
    self.sentence = sentence
    self.retryAfter = retryAfter
  }

  /// Refused for the number of connections alone.
  public var isForCrowd: Bool { reason == .busy || reason == .tooManyFromAddress }

  public var description: String { sentence }

  func encode(into writer: inout WireWriter) {
    writer.write(reason.rawValue)
    writer.write(retryAfter ?? .max)
    writer.write(sentence)
  }

  init(from reader: inout WireReader) throws(WireError) {
    let number = try reader.uint16()
    let after = try reader.uint32()
    let sentence = try reader.words()
    // A later receiver may know more reasons: its sentence still tells a person.
    self.init(
      Reason(rawValue: number) ?? .notAllowed, sentence, retryAfter: after == .max ? nil : after)
  }
}
