import SystemPackage
import XferHistory
import XferProtocol
import XferSystem

/// The answers to the session. They are sent in pieces, so that no answer is kept whole in memory.
final class AnswersOutput {
  /// The number of bytes that are gathered before they are sent.
  private static let piece = 64 * 1024

  private let connection: FileDescriptor
  private var output = WireWriter()

  init(_ connection: FileDescriptor) { self.connection = connection }

  /// The state of the client, as the session shows it: the session closes its sending side when the
  /// client does, and the connection when the client has disconnected.
  var asker: Asker {
    var set = PollSet()
    let slot = set.add(connection, .end)
    guard (try? set.wait(milliseconds: 0)) != nil, set.isReady(slot) else { return .there }
    return set.isBroken(slot) ? .gone : .silent
  }

  /// Adds a message. Blocks while the session does not read.
  func say(_ message: ReceiverMessage) throws(SystemFailure) {
    message.encode(into: &output)
    if output.bytes.count > AnswersOutput.piece { try flush() }
  }

  /// Sends what was added. Throws if the session has gone.
  func flush() throws(SystemFailure) {
    try connection.sendAll(output.bytes)
    output.clear()
  }
}
