import Synchronization
import XferProtocol
import XferSystem

/// Counts the events of a run and passes them on, one at a time, whichever conversation they are
/// of. The counts and the display are used under its lock alone.
final class SendReport: @unchecked Sendable {
  private let lock = Mutex(())
  private let report: (SendEvent) -> Void
  private let patience: Duration
  private var counts = Counts()

  fileprivate struct Counts {
    var lastProgress = MonotonicTime.now
    var wasConnected = false
    var invalidGreetings = 0
    var refused = 0
    var failed = 0
    var different = 0
    var unproven = 0
  }

  /// `patience` is the time without progress after which the run ends. `report` receives every
  /// event.
  init(patience: Duration, report: @escaping (SendEvent) -> Void) {
    self.patience = patience
    self.report = report
  }

  func note(_ event: SendEvent) {
    lock.withLock { _ in
      counts.add(event)
      report(event)
    }
  }

  /// Runs `body` while no event is reported.
  func serially(_ body: () -> Void) { lock.withLock { _ in body() } }

  /// Counts a connection that failed because the peer does not speak the protocol.
  func note(_ failure: ConnectionFailure) {
    switch failure {
    case .notReceiver, .insecure: lock.withLock { _ in counts.invalidGreetings += 1 }
    case .unreachable, .refused, .lost, .untrusted: break
    }
  }

  /// The time of the last progress of any conversation.
  var lastProgress: MonotonicTime { lock.withLock { _ in counts.lastProgress } }

  /// True as long as the run may wait for the receiver.
  var mayWait: Bool { .now - lastProgress < patience }

  /// True if the receiver has replied to a greeting.
  var wasConnected: Bool { lock.withLock { _ in counts.wasConnected } }

  /// A receiver that has replied once exists, even if name resolution fails later. An invalid
  /// greeting may be damaged on the way, so the first one is retried; after a second one the server
  /// is not a receiver, unless it has replied correctly before.
  func isTemporary(_ failure: ConnectionFailure) -> Bool {
    lock.withLock { _ in
      switch failure {
      case .unreachable where counts.wasConnected: true
      case .notReceiver, .insecure: counts.wasConnected || counts.invalidGreetings < 2
      default: failure.isTemporary
      }
    }
  }

  /// Returns the result of a run that ended in this way; nil if every file was offered. A
  /// difference takes precedence over files that were not sent.
  func result(_ end: SendResult?) -> SendResult {
    lock.withLock { _ in
      if counts.different > 0 { return .different }
      if let end { return end }
      if counts.failed > 0 { return .failed }
      if counts.refused > 0 { return .refused }
      return counts.unproven > 0 ? .unproven : .allReceived
    }
  }
}

extension SendReport.Counts {
  fileprivate mutating func add(_ event: SendEvent) {
    switch event {
    case .sent(_, _, isNew: true), .working, .reading: lastProgress = .now
    case .delivered(let file, _, let evidence):
      lastProgress = .now
      if case .missing = evidence { unproven += 1 }
      if case .kept = file.removal { failed += 1 }
    case .refused: refused += 1
    case .failed, .incomplete: failed += 1
    case .connected: wasConnected = true
    case .differs(_, _, _, let isFault): different += isFault ? 1 : 0
    case .completed: lastProgress = .now
    case .sent, .resumed, .waiting, .givenUp, .omitted: break
    }
  }
}
