import XferSystem

/// The connections that were dropped since the last log line about them. There is one line a second
/// at most, so that a flood does not fill the log.
struct DropReport {
  private static let pause = Duration.seconds(1)

  private var count = 0
  private var address = ""
  private var reportedAt = MonotonicTime.start

  /// The time of the next line; nil if there is nothing to report.
  var dueAt: MonotonicTime? { count > 0 ? reportedAt + DropReport.pause : nil }

  /// Counts a dropped connection.
  mutating func note(_ address: String) {
    count += 1
    self.address = address
  }

  /// Returns the number of dropped connections and the address of the last one, if a line is due.
  mutating func take(now: MonotonicTime) -> (count: Int, last: String)? {
    guard let dueAt, dueAt <= now else { return nil }
    defer { count = 0 }
    reportedAt = now
    return (count, address)
  }
}
