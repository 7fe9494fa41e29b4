import SystemPackage
import XferProtocol
import XferSystem

/// The session's end of the channel to its answers process, which reads the history for it. It is
/// connected with the first question and kept.
final class AnswersChannel {
  private let listener: LocalListener
  private var connection: FileDescriptor?
  private lazy var input = FrameBuffer(capacity: 32 * 1024)
  /// True if this side is closed, because the client has closed its sending side.
  private var isSilent = false

  init(_ listener: LocalListener) { self.listener = listener }

  /// The descriptor that becomes readable with an answer; nil if nothing was asked.
  var descriptor: FileDescriptor? { connection }

  /// Sends a question. The viewer is the same for all questions of a connection. The answer must be
  /// complete, or the channel closed, before the next one is sent.
  func ask(_ question: Question, as viewer: Viewer) throws {
    // An answers process that was silenced reads no more questions, and one may have been killed.
    if isSilent || hasEnded { close() }
    var output = WireWriter()
    if connection == nil {
      connection = try listener.connect()
      AnswersRequest.viewer(viewer).encode(into: &output)
    }
    AnswersRequest.question(question).encode(into: &output)
    try connection?.sendAll(output.bytes)
  }

  /// True if the answers process has closed its end.
  private var hasEnded: Bool {
    guard let connection else { return false }
    var set = PollSet()
    let slot = set.add(connection, .end)
    return (try? set.wait(milliseconds: 0)) != true ? false : set.isReady(slot)
  }

  /// Receives what is there and hands over each frame of the answer. Returns true if the answer is
  /// complete. Throws `WireError` if the answers process ended before.
  func receive(tag: UInt32, _ body: (AnswerFrame) throws -> Void) throws -> Bool {
    guard case .bytes(let count) = try connection?.receive(into: input.space()) else {
      throw WireError("the process that reads the history has ended")
    }
    input.filled(count)
    while let frame = try input.nextFrame() {
      let part = try AnswerFrame(frame, tag: tag)
      try body(part)
      if part.isLast { return true }
    }
    return false
  }

  /// Tells the answers process that the client has closed its sending side.
  func noteSilence() {
    guard !isSilent else { return }
    isSilent = true
    connection?.shutdownSending()
  }

  /// Closes the channel, which ends the answers process and its work.
  func close() {
    try? connection?.close()
    connection = nil
    isSilent = false
    _ = input.take(input.count)
  }
}
