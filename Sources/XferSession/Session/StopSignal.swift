import Glibc
import XferMetrics
import XferProtocol
import XferSystem

/// The requests to end this session: its signals, and the board, which shows the receiver's
/// shutdown and the wish of a newer connection.
final class StopSignal {
  private let board: Scoreboard
  private let slot: SessionSlot
  /// The queue of received signals. Its descriptor is readable if there is one.
  let signals: SignalInbox
  private var isTerminated = false
  private var isRevoked = false
  private var isDisplaced = false

  init(board: Scoreboard, slot: SessionSlot, signals: SignalInbox) {
    self.board = board
    self.slot = slot
    self.signals = signals
  }

  /// Reads the signals that were received. SIGTERM asks the session to finish. SIGUSR2 asks a
  /// session to leave if its client has not identified itself, or was revoked. If it
  /// has identified itself just now, it stays.
  func readSignals() {
    for signal in signals.drain() {
      switch signal {
      case SIGUSR2: (isRevoked, isDisplaced) = (slot.isRevoked, !slot.isIdentified)
      default: isTerminated = true
      }
    }
  }

  /// True if a newer connection takes over. It says so on the board, and wakes no wait.
  var isReplaced: Bool { slot.isAskedToLeave }

  /// Throws if the session must end now. Transfers in progress are kept to be resumed.
  func check() throws(PeerFailure) {
    readSignals()
    if isReplaced { throw PeerFailure(.cut, "a newer connection of the sender took over") }
    if isRevoked {
      throw PeerFailure(.unknownClient, "the client was revoked, or its rights were changed")
    }
    if isDisplaced {
      throw PeerFailure(.busy, "the client did not greet while many others did not either")
    }
    if isOutOfTime { throw PeerFailure(.shuttingDown, "the receiver shuts down") }
  }

  /// True if the time for transfers in progress is over.
  var isOutOfTime: Bool { board.shutdownStage == .leaving }

  /// True if no new transfer may start. Transfers in progress may finish.
  var isDraining: Bool { isTerminated || board.shutdownStage != .running }
}
