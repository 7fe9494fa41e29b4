import XferMetrics
import XferSystem

/// The addresses that get no session for a while, because many of their sessions ended before the
/// client had identified itself. Each would cost a fork for nothing (as with PerSourcePenalties of
/// sshd).
///
/// An address from which an enrolled client was served within a day may be that of many machines
/// behind NAT. It bears ten times as many, so that one machine that fails there does not soon lock
/// out the others.
struct Penalties {
  private var silences = RateTable(perSecond: rate, burst: burst)
  private var silencesOfKnown = RateTable(perSecond: 10 * rate, burst: 10 * burst)
  private var known = RecentNetworks()

  /// The number of sessions of one address that may end so: at once, and a second. A balancer that
  /// only connects to see whether the port is open stays far below it.
  private static let burst = 40.0
  private static let rate = 4.0

  /// Counts a session that ended before its client had identified itself.
  mutating func noteSilence(_ address: String, now: MonotonicTime) {
    if known.contains(address, now: now) {
      _ = silencesOfKnown.take(address, now: now)
    } else {
      _ = silences.take(address, now: now)
    }
  }

  /// Notes that an enrolled client is or was served at the address.
  mutating func noteEnrolled(_ address: String, now: MonotonicTime) {
    known.note(address, now: now)
  }

  /// True if the address gets no session now.
  func apply(to address: String, now: MonotonicTime) -> Bool {
    known.contains(address, now: now)
      ? silencesOfKnown.isExhausted(address, now: now) : silences.isExhausted(address, now: now)
  }
}

/// The networks from which an enrolled client was served within a day, a bounded number.
struct RecentNetworks {
  /// The time for which a network is kept. Many clients send once a day.
  static let memory = Duration.seconds(86_400)
  /// The largest number of networks. A client may have more IPv6 networks than that.
  static let most = 4096

  private var seen: [String: MonotonicTime] = [:]

  /// Notes a network. If there are too many, the one that was seen the longest ago is forgotten.
  mutating func note(_ network: String, now: MonotonicTime) {
    seen[network] = now
    guard seen.count > RecentNetworks.most,
      let oldest = seen.min(by: { $0.value < $1.value })
    else { return }
    seen[oldest.key] = nil
  }

  /// True if the network was noted within a day.
  func contains(_ network: String, now: MonotonicTime) -> Bool {
    seen[network].map { now - $0 < RecentNetworks.memory } ?? false
  }
}
