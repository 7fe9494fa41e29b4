import XferProtocol

/// Measures whether a peer brings enough content, or takes enough of its answers. Only the time that the session
/// waited for the peer counts, so that a slow disk of the receiver is not the peer's fault.
struct MinimumRate {
  private let bytesPerSecond: Int64
  /// Nanoseconds over which the rate is measured.
  private let window: Int64
  private var waited: Int64 = 0
  private var bytes: Int64 = 0
  /// As "the content came".
  private let what: String

  init(_ options: SessionOptions, _ what: String) {
    self.what = what
    bytesPerSecond = Int64(options.minRate)
    window = Int64(options.stallTimeout) * 1_000_000_000
  }

  mutating func moved(_ count: Int) { bytes += Int64(count) }

  mutating func waited(_ nanoseconds: Int64) throws(PeerFailure) {
    waited += nanoseconds
    guard waited >= window else { return }
    guard bytes >= bytesPerSecond * (waited / 1_000_000_000) else {
      throw PeerFailure(.timeout, "\(what) slower than \(bytesPerSecond) bytes a second")
    }
    (waited, bytes) = (0, 0)
  }
}
