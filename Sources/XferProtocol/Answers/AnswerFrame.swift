/// One frame of an answer: a row, a part of a page, the end or a refusal. A session passes it on to
/// its client as it is, because a long answer has many.
///
/// The bytes are valid until the buffer of the frame is filled again.
package struct AnswerFrame {
  private let type: ReceiverMessage.Number
  private let payload: UnsafeRawBufferPointer

  /// True if the answer is complete with this frame.
  package var isLast: Bool { type == .end || type == .refusal }

  /// Throws if the frame is not part of an answer to the question with this tag.
  package init(_ frame: Frame, tag: UInt32) throws(WireError) {
    let types: [ReceiverMessage.Number] = [.row, .page, .end, .refusal, .set, .member]
    guard let type = types.first(where: { $0.rawValue == frame.type }) else {
      throw WireError("message type \(frame.type) is not part of an answer")
    }
    var reader = WireReader(frame.payload)
    guard try reader.uint32() == tag else { throw WireError("an answer to another question") }
    self.type = type
    payload = frame.payload
  }

  /// Appends the frame unchanged.
  package func encode(into writer: inout WireWriter) {
    writer.frame(type) { $0.write(raw: payload) }
  }
}
