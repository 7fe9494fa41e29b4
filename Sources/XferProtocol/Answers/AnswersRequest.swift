/// A message from a session to its answers process. The first one is the viewer. Each question is
/// answered by the frames that its client receives: see `AnswerFrame`.
package enum AnswersRequest: Equatable, Sendable {
  /// All questions that follow are answered for this client.
  case viewer(Viewer)
  /// A question about the history or the stats page.
  case question(Question)

  /// The numbers of the messages.
  private enum Number: UInt8 {
    case viewer = 1
    case question = 2
  }

  /// Throws if the frame is not one of these messages.
  package init(_ frame: Frame) throws(WireError) {
    self = try frame.decode { (reader) throws(WireError) in
      switch Number(rawValue: frame.type) {
      case .viewer: .viewer(try Viewer(from: &reader))
      case .question: .question(try Question(from: &reader))
      case nil: throw WireError("unknown message type \(frame.type)")
      }
    }
  }

  /// Appends the message as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .viewer(let viewer): writer.frame(Number.viewer) { viewer.encode(into: &$0) }
    case .question(let question): writer.frame(Number.question) { question.encode(into: &$0) }
    }
  }
}
