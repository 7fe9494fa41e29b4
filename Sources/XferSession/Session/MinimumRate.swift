import XferProtocol
import XferSystem

/// Checks that a peer sends content, or takes answers, fast enough. Only the time that the session
/// waited for the peer counts, so that a slow disk of the receiver does not count against the peer.
struct MinimumRate {
  private let bytesPerSecond: Int64
  /// The time over which the rate is measured.
  private let window: Duration
  private var waited = Duration.zero
  private var bytes: Int64 = 0
  /// The start of the failure's message, such as "the content came".
  private let activity: String

  init(_ options: SessionOptions, activity: String) {
    self.activity = activity
    bytesPerSecond = Int64(options.minRate)
    window = options.stallTimeout
  }

  /// Counts bytes that were moved.
  mutating func moved(_ count: Int) { bytes += Int64(count) }

  /// Adds time that was spent waiting for the peer. Throws at the end of a window if the rate was
  /// too low.
  mutating func waited(_ time: Duration) throws(PeerFailure) {
    waited += time
    guard waited >= window else { return }
    guard bytes >= bytesPerSecond * waited.wholeSeconds else {
      throw PeerFailure(.timeout, "\(activity) slower than \(bytesPerSecond) bytes a second")
    }
    (waited, bytes) = (.zero, 0)
  }
}
