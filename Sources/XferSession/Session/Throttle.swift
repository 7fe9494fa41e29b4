import XferMetrics
import XferSystem

/// The rates that the content of one session counts against, and the time until which it must not
/// receive because one of them is exceeded.
///
/// Bytes count from `begin` on, when the client has identified itself. Otherwise a stranger could
/// use up the rates of all by bytes that the receiver throws away.
struct Throttle {
  private let rates: ByteRates
  private var limits: [ByteRates.Rate] = []
  private var opensAt = MonotonicTime.start
  /// True while received bytes count.
  private var isCounting = false
  /// The number of bytes that were received before they count.
  private var uncounted = 0
  /// The number of bytes to receive at once, so that a slow rate is not one of large blocks with
  /// long pauses.
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
    let limit = rates.rate(of: key, bytesPerSecond: bytesPerSecond)
    limits.append(limit)
    piece = min(piece, limit.piece(ahead: .zero))
  }

  /// The time for which the session must not receive; nil if it may.
  var pause: Duration? {
    guard !limits.isEmpty, opensAt.remaining > .zero else { return nil }
    return opensAt.remaining
  }

  /// Counts the bytes that were received, and those that are received from here on. The session
  /// also waits for what earlier ones have received, so that a client with a connection for each
  /// file has its rate, too.
  mutating func begin() {
    isCounting = true
    charge(uncounted)
    uncounted = 0
  }

  /// Counts no further bytes, and needs no pause.
  mutating func end() {
    limits = []
    piece = .max
  }

  /// Counts bytes that were received.
  mutating func charge(_ bytes: Int) {
    guard isCounting else { return uncounted += bytes }
    guard !limits.isEmpty else { return }
    let now = MonotonicTime.now
    piece = .max
    for limit in limits {
      let moment = rates.charge(bytes, to: limit, now: now)
      opensAt = max(opensAt, moment)
      piece = min(piece, limit.piece(ahead: moment - now))
    }
  }
}
