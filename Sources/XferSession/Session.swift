import Glibc
import Logging
import SystemPackage
import XferLog
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// A session: the conversation with one client, in a process of its own.
///
/// Life: it looks at the first byte, speaks the protocol that begins so, appends content to
/// `incoming/` and hands what is whole to the recorder. Death: with its connection. It never writes
/// history and never touches a published file; what it had not finished is kept for resume.
public struct Session {
  private let client: ClientConnection
  private let context: SessionContext

  public init(
    _ connection: FileDescriptor, from address: SocketAddress, _ options: SessionOptions,
    board: Scoreboard, slot: SessionSlot, recorder: LocalListener
  ) throws {
    let signals = try SignalInbox([SIGTERM, SIGUSR1])
    var log = Logger(label: "session")
    log[metadataKey: "client"] = "\(address.host)"
    let ending = Ending(board: board, signals: signals)
    client = try ClientConnection(connection, options, slot, ending)
    context = SessionContext(
      clientIP: address.host, options: options, board: board, slot: slot, log: log,
      recorder: RecorderChannel(recorder), ending: ending)
    ProcessTitle.set("xferd: session \(address)")
  }

  public func run(_ decision: AdmissionDecision) -> RoleExit {
    do {
      try converse(decision)
      return .done
    } catch let failure as PeerFailure {
      context.board.count(.connection, reason: failure.reason)
      context.log.notice("\(failure)", metadata: ["reason": "\(failure.reason.code)"])
      return .peerFailed
    } catch {
      context.log.error("ends with a fault", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  private func converse(_ decision: AdmissionDecision) throws {
    let first = try client.firstByte()
    if case .refuse(let refusal) = decision {
      return try RefusedConversation(client, context).run(first, refusal)
    }
    switch Opening(firstByte: first) {
    case .native: try NativeConversation(client, context).run()
    case .classic: try ClassicConversation(client, context).run()
    case .tls: throw PeerFailure(.notSupported, "the client speaks TLS, which is not offered here")
    case .nothing: context.log.debug("the client left without a word")
    }
  }
}

/// How the first byte of a connection tells what is spoken on it.
enum Opening {
  case native, classic, tls, nothing

  init(firstByte: UInt8?) {
    switch firstByte {
    case nil: self = .nothing
    case WireLimits.magic[0]: self = .native
    case 0x16: self = .tls  // a TLS handshake record, RFC 8446 section 5.1
    default: self = .classic
    }
  }
}

/// All that the parts of one session share.
struct SessionContext {
  let clientIP: String
  let options: SessionOptions
  let board: Scoreboard
  let slot: SessionSlot
  let log: Logger
  let recorder: RecorderChannel
  let ending: Ending
}

/// The connection cannot go on, because of the peer.
struct PeerFailure: Error, CustomStringConvertible {
  let reason: Reason
  let description: String

  init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }

  init(_ error: WireError) {
    self.init(error.isDamage ? .corrupt : .malformed, "not the protocol: \(error)")
  }

  /// The last word to the client: whether, and when, another connection may help.
  var refusal: Refusal {
    switch reason {
    case .shuttingDown: Refusal(reason, description, retryAfter: 2)
    case .corrupt: Refusal(reason, description, retryAfter: 0)
    default: Refusal(reason, description)
    }
  }
}

/// Whether the session shall come to its end.
final class Ending {
  private let board: Scoreboard
  let signals: SignalInbox
  private var isTold = false
  private var isReplaced = false

  init(board: Scoreboard, signals: SignalInbox) {
    self.board = board
    self.signals = signals
  }

  /// Looks whether a signal came: SIGTERM asks this session to finish, whoever sent it; SIGUSR1
  /// says that a newer connection takes over.
  func look() {
    for signal in signals.drain() {
      if signal == SIGUSR1 { isReplaced = true } else { isTold = true }
    }
  }

  /// Throws where the session must leave now; what is in flight is kept for resume.
  func check() throws(PeerFailure) {
    look()
    if isReplaced { throw PeerFailure(.cut, "a newer connection of the sender took over") }
    if isOutOfTime { throw PeerFailure(.shuttingDown, "the receiver shuts down") }
  }

  /// Whatever is not done must be left, and can be resumed.
  var isOutOfTime: Bool { board.shutdownStage == .leaving }

  /// Whether `check` would throw.
  var mustLeave: Bool {
    look()
    return isReplaced || isOutOfTime
  }

  /// Nothing new is begun; what is in flight may finish.
  var isDraining: Bool { isTold || board.shutdownStage != .running }
}
