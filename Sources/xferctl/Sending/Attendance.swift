import Glibc
import XferClient
import XferSystem

/// Attends a run: draws its progress four times a second, and stops it at the first SIGINT or
/// SIGTERM. A second one ends the process.
struct Attendance {
  private static let pause = 250
  /// The time after the first signal in which the run must end, in seconds.
  private static let patience = Duration.seconds(10)

  private let sender: Sender
  private let display: any SendDisplay
  private let signals: SignalInbox
  private var stop: (signal: Int32, at: MonotonicTime)?

  /// Creates an attendance. Called before the run starts its threads, because these inherit the
  /// blocked signals. Throws if the system has no descriptor for signals.
  init(_ sender: Sender, _ display: any SendDisplay) throws(SystemFailure) {
    self.sender = sender
    self.display = display
    signals = try SignalInbox([SIGINT, SIGTERM, SIGWINCH])
  }

  /// Starts the run and waits for its end. Returns the signal that has stopped it; nil if none has.
  mutating func run() throws(SystemFailure) -> Int32? {
    try sender.start()
    while try !hasEnded() {
      for signal in signals.drain() { take(signal) }
      if let stop, stop.at.elapsed > Attendance.patience { leave(stop.signal) }
      sender.serially { display.tick() }
    }
    sender.serially { display.clear() }
    return stop?.signal
  }

  /// Waits for the next drawing, a signal, or the end of the run.
  private func hasEnded() throws(SystemFailure) -> Bool {
    var set = PollSet()
    let end = set.add(sender.ended, .read)
    _ = set.add(signals.descriptor, .read)
    try set.wait(milliseconds: Attendance.pause)
    return set.isReady(end)
  }

  private mutating func take(_ signal: Int32) {
    guard signal != SIGWINCH else { return }
    if stop != nil { leave(signal) }
    stop = (signal, .now)
    sender.serially {
      display.say("stopping after the receipts of what was sent; interrupt again to end at once")
    }
    sender.stop()
  }

  /// Ends the process without the receipts that have not come.
  private func leave(_ signal: Int32) -> Never {
    display.clear()
    end(by: signal)
  }
}
