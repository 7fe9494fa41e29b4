import XferSystem

/// The messages to the service manager that started the receiver (sd_notify(3)): its state, and
/// signs of life for the watchdog.
///
/// A message that finds no room waits, with the later ones behind it, so that the manager gets them
/// in their order. The supervisor waits for none of them.
struct ServiceNotices {
  /// The time until a message that found no room is sent again.
  private static let pause = Duration.milliseconds(100)
  /// The share of the watchdog's time after which a sign of life is sent (sd_watchdog_enabled(3)
  /// recommends half).
  private static let beatsPerInterval = 2

  private let socket: NotifySocket?
  /// The time between two signs of life. Nil if the manager does not watch.
  private let beat: Duration?
  private var waiting: [String] = []
  private var retryAt = MonotonicTime.start
  private var beatAt: MonotonicTime

  /// Without a socket, nothing is sent. `watchdog` is the time after which a silent process counts
  /// as hung.
  init(_ socket: NotifySocket?, watchdog: Duration?, now: MonotonicTime) {
    self.socket = socket
    beat = socket == nil ? nil : watchdog.map { $0 / ServiceNotices.beatsPerInterval }
    beatAt = now
  }

  /// The time at which `advance` has something to do. Nil if it never has.
  var dueAt: MonotonicTime? {
    [waiting.isEmpty ? nil : retryAt, beat == nil ? nil : beatAt].compactMap { $0 }.min()
  }

  /// Sends assignments, such as `READY=1`, in one message.
  mutating func send(_ assignments: String..., now: MonotonicTime = .now) {
    guard socket != nil else { return }
    waiting.append(assignments.joined(separator: "\n"))
    flush(now: now)
  }

  /// Sends what is due: messages that wait, and a sign of life. The supervisor's loop calls it, so
  /// that a loop that hangs is noticed.
  mutating func advance(now: MonotonicTime) {
    if !waiting.isEmpty, now >= retryAt { flush(now: now) }
    guard let beat, now >= beatAt else { return }
    beatAt = now + beat
    send("WATCHDOG=1", now: now)
  }

  private mutating func flush(now: MonotonicTime) {
    while let message = waiting.first, socket?.send(message) == true { waiting.removeFirst() }
    retryAt = now + ServiceNotices.pause
  }
}
