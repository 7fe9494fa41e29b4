import Glibc
import XferMetrics
import XferProtocol
import XferSystem

/// The requests to end this session: its signals, and the receiver's shutdown on the board.
final class StopSignal {
  private let board: Scoreboard
  private let slot: SessionSlot
  /// The queue of received signals. Its descriptor is readable if there is one.
  let signals: SignalInbox
  private var isTerminated = false
  private var isReplaced = false
  private var isDisplaced = false

  init(board: Scoreboard, slot: SessionSlot, signals: SignalInbox) {
    self.board = board
    self.slot = slot
    self.signals = signals
  }

  /// Reads the signals that were received. SIGTERM asks the session to finish. SIGUSR1 reports that
  /// a newer connection takes over. SIGUSR2 asks a session without a greeting
  /// to leave; if its client has greeted just now, it stays.
  func readSignals() {
    for signal in signals.drain() {
      switch signal {
      case SIGUSR1: isReplaced = true
      case SIGUSR2: isDisplaced = !slot.isIdentified
      default: isTerminated = true
      }
    }
  }

  /// Throws if the session must end now. Transfers in progress are kept to be resumed.
  func check() throws(PeerFailure) {
    readSignals()
    if isReplaced { throw PeerFailure(.cut, "a newer connection of the sender took over") }
    if isDisplaced {
      throw PeerFailure(.busy, "the client did not greet while many others did not either")
    }
    if isOutOfTime { throw PeerFailure(.shuttingDown, "the receiver shuts down") }
  }

  /// True if the time for transfers in progress is over.
  var isOutOfTime: Bool { board.shutdownStage == .leaving }

  /// True if `check` would throw.
  var mustLeave: Bool {
    readSignals()
    return isReplaced || isOutOfTime
  }

  /// True if no new transfer may start. Transfers in progress may finish.
  var isDraining: Bool { isTerminated || board.shutdownStage != .running }
}
