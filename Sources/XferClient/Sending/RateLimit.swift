import Synchronization
import XferSystem

/// The bytes a second that all conversations of a run may send together.
///
/// Bytes are paid by time: `paidUntil` moves forward by the time that they take at the rate. A
/// pause of the senders is worth a tenth of a second at the most, so that the rate also holds over
/// short times.
final class RateLimit: Sendable {
  /// The credit of a sender that was idle, and the size of a part, in seconds.
  private static let slice = Duration.milliseconds(100)
  /// The largest part that is granted at once, in bytes.
  private static let largestPart = 256.0 * 1024

  /// Bytes a second.
  private let rate: Double
  private let paidUntil: Mutex<MonotonicTime>

  /// `rate` is in bytes a second, and at least 1.
  init(rate: UInt64, now: MonotonicTime = .now) {
    self.rate = Double(max(rate, 1))
    paidUntil = Mutex(now)
  }

  /// Returns how many of the wanted bytes may be sent now. They count as sent.
  func take(upTo wanted: Int, now: MonotonicTime = .now) -> Int {
    paidUntil.withLock { paid in
      guard paid <= now else { return 0 }
      let part = max(1, min(RateLimit.largestPart, rate * RateLimit.slice.inSeconds))
      let count = min(Double(wanted), part)
      paid = max(paid, now.advanced(by: .zero - RateLimit.slice)) + time(of: count)
      return Int(count)
    }
  }

  /// Counts bytes that were sent without a question.
  func charge(_ count: Int, now: MonotonicTime = .now) {
    paidUntil.withLock { paid in
      paid = max(paid, now.advanced(by: .zero - RateLimit.slice)) + time(of: Double(count))
    }
  }

  /// The time until bytes may be sent again; zero or less if they may be now.
  func pause(now: MonotonicTime = .now) -> Duration { paidUntil.withLock { $0 - now } }

  private func time(of count: Double) -> Duration { .nanoseconds(Int64(count / rate * 1e9)) }
}
