import XferMetrics
import XferSystem

/// The rates that the content of one session counts against, and the time until which it must not
/// receive because one of them is exceeded.
///
/// Bytes count from `begin` on, when the client has identified itself. Otherwise a stranger could use
/// up the rates of all by bytes that the receiver throws away.
struct Throttle {
  private let rates: ByteRates
  private var limits: [ByteRates.Rate] = []
  private var opensAt = MonotonicTime.start
  /// True while received bytes count.
  private var isCounting = false
  /// The number of bytes to receive at once: a quarter of a second's, so that a slow rate is not one
  /// of large blocks with long pauses.
  private(set) var piece = Int.max

  /// Sets the rates of all clients together and of this network.
  init(_ rates: ByteRates, options: SessionOptions, network: String) {
    self.rates = rates
    add("all", options.bytesPerSecond)
    add("network \(network)", options.bytesPerSecondPerAddress)
  }

  /// Adds the rate of a key. Sessions with the same key share the rate. `.max` is no limit.
  mutating func add(_ key: String, _ bytesPerSecond: UInt64) {
    guard bytesPerSecond < .max else { return }
    limits.append(rates.rate(of: key, bytesPerSecond: bytesPerSecond))
    piece = min(piece, Int(clamping: max(bytesPerSecond / 4, 4096)))
  }

  /// The time for which the session must not receive; nil if it may.
  var pause: Duration? {
    guard !limits.isEmpty, opensAt.remaining > .zero else { return nil }
    return opensAt.remaining
  }

  /// Counts the bytes that are received from here on.
  mutating func begin() { isCounting = true }

  /// Counts no further bytes, and needs no pause.
  mutating func end() {
    limits = []
    piece = .max
  }

  /// Counts bytes that were received.
  mutating func charge(_ bytes: Int) {
    guard isCounting, !limits.isEmpty else { return }
    let now = MonotonicTime.now
    for limit in limits { opensAt = max(opensAt, rates.charge(bytes, to: limit, now: now)) }
  }
}
