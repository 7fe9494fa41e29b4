import SystemPackage
import XferProtocol
import XferSystem

/// The requests of the session, in their order: the viewer, then questions.
final class AnswersInput {
  private let connection: FileDescriptor
  private let buffer = FrameBuffer(capacity: 32 * 1024)

  init(_ connection: FileDescriptor) { self.connection = connection }

  /// Waits for the viewer. Returns nil if the session closes the connection before.
  func viewer() throws -> Viewer? {
    guard let request = try next() else { return nil }
    guard case .viewer(let viewer) = request else {
      throw WireError("a question came before its viewer")
    }
    return viewer
  }

  /// Waits for the next question. Returns nil if the session has closed its side.
  func question() throws -> Question? {
    guard let request = try next() else { return nil }
    guard case .question(let question) = request else { throw WireError("a second viewer") }
    return question
  }

  private func next() throws -> AnswersRequest? {
    while true {
      if let frame = try buffer.nextFrame() { return try AnswersRequest(frame) }
      guard case .bytes(let count) = try connection.receive(into: buffer.space()) else {
        return nil
      }
      buffer.filled(count)
    }
  }
}
