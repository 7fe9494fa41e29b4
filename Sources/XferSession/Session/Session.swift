import Glibc
import Logging
import SystemPackage
import XferLog
import XferMetrics
import XferProtocol
import XferSystem
import XferTransport

/// A session: the conversation with one client, in a process of its own.
///
/// Life: it detects the protocol by the first byte, receives content into `incoming/` and hands
/// sealed files to the recorder. Death: with its connection. It never writes history and never
/// changes a published file. Unfinished files are kept to be resumed.
package struct Session {
  private let client: ClientConnection
  private let context: SessionContext

  /// Prepares a session for an accepted connection. Throws if signals or socket options cannot be
  /// set up.
  package init(
    _ connection: FileDescriptor, from address: SocketAddress, options: SessionOptions,
    board: Scoreboard, slot: SessionSlot, recorder: LocalListener, answers: LocalListener
  ) throws {
    let signals = try SignalInbox([SIGTERM])
    var log = Logger(label: "session")
    log[metadataKey: "client"] = "\(address.host)"
    let ending = StopSignal(board: board, slot: slot, signals: signals)
    client = try ClientConnection(
      .plain(PlainTransport(connection)), options: options, slot: slot, ending: ending)
    let peer = Client(address: address.host)
    context = SessionContext(
      client: peer, options: options, board: board, slot: slot, log: log,
      recorder: RecorderChannel(recorder), answers: AnswersChannel(answers, client: peer),
      ending: ending)
    ProcessTitle.set("xferd: session \(address)")
  }

  /// Serves or refuses the client until the connection ends. Counts and logs the failure if there
  /// is one, and returns the exit status of the process.
  package func run(_ decision: AdmissionDecision) -> RoleExit {
    do {
      try converse(decision)
      return .done
    } catch let failure as PeerFailure {
      context.board.count(.connection, reason: failure.reason)
      context.log.notice("\(failure)", metadata: ["reason": "\(failure.reason.code)"])
      return .peerFailed
    } catch {
      context.log.error("session failed", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  private func converse(_ decision: AdmissionDecision) throws {
    let first = try client.firstByte()
    if case .refuse(let refusal) = decision {
      return try RefusedConversation(client, in: context).run(firstByte: first, refusal: refusal)
    }
    switch DetectedProtocol(firstByte: first) {
    case .native: try NativeConversation(client, in: context).run()
    case .classic: try ClassicConversation(client, in: context).run()
    case .tls: throw PeerFailure(.notSupported, "the client speaks TLS, which is not offered here")
    case .nothing: context.log.debug("the client disconnected without sending a byte")
    }
  }
}
