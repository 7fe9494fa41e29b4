import XferMetrics
import XferProtocol
import XferSystem

/// The limits on connections. It only counts: a decision is made before a byte of the connection is
/// read.
package struct Admission: Sendable {
  private let limits: Limits
  /// The number of connections that are served.
  package private(set) var total = 0
  /// The number of connections that are being refused.
  private var refused = 0
  private var byAddress: [String: Int] = [:]
  private var arrivals: Rates
  private var courtesies: Rates
  private var penalties = Penalties()

  /// Creates an admission without connections.
  package init(_ limits: Limits) {
    self.limits = limits
    arrivals = Rates(
      all: limits.newPerSecond, ofAddress: limits.newPerSecondPerAddress,
      burst: Limits.burstSeconds)
    courtesies = Rates(
      all: Limits.courtesyPerSecond, ofAddress: Limits.courtesyPerSecondPerAddress,
      burst: Limits.courtesyBurstSeconds)
  }

  /// Counts a session that ended before its client had identified itself: see `Penalties`.
  package mutating func noteSilence(_ address: String?, now: MonotonicTime) {
    if let address { penalties.noteSilence(address, now: now) }
  }

  /// Notes that an enrolled client is or was served at the address.
  package mutating func noteEnrolled(_ address: String?, now: MonotonicTime) {
    if let address { penalties.noteEnrolled(address, now: now) }
  }

  /// Decides on a connection from `address`, which is nil for a proxy: its own address has no
  /// limit. `enter` counts it afterwards.
  ///
  /// A connection above a rate is dropped without a fork, and so is one that would be refused while
  /// too many are. A flood of one address then costs an accept and a close for each connection.
  package mutating func decide(_ address: String?, now: MonotonicTime) -> AdmissionDecision {
    if let address, penalties.apply(to: address, now: now) { return .drop }
    guard arrivals.take(address, now: now) else { return .drop }
    guard let refusal = refusal(address) else { return .serve }
    guard refused < Limits.courtesy, courtesies.take(address, now: now) else { return .drop }
    return .refuse(refusal)
  }

  private func refusal(_ address: String?) -> Refusal? {
    if total >= limits.connections {
      return Refusal(.busy, "the receiver has reached its limit of connections", retryAfter: 2)
    }
    guard let address else { return nil }
    let own = byAddress[address, default: 0]
    if own >= limits.perAddress { return .tooMany(from: address) }
    if isScarce, own >= equalShare(with: address) {
      return Refusal(
        .busy, "the last places are for other addresses, because \(address) has its share",
        retryAfter: 2)
    }
    return nil
  }

  /// True if a quarter of the places or less is left.
  private var isScarce: Bool { total >= limits.firstPlaces }

  /// The places that each address would have if all that are served, and this one, had the same
  /// number. The last quarter of the places is for addresses that have fewer, so that an address
  /// that opens connections without end leaves places for every other one.
  private func equalShare(with address: String) -> Int {
    let addresses = byAddress.count + (byAddress[address] == nil ? 1 : 0)
    return max(limits.connections / addresses, 1)
  }

  /// Counts a connection after its session has started.
  package mutating func enter(_ address: String?, isServed: Bool) {
    guard isServed else { return refused += 1 }
    total += 1
    guard let address else { return }
    byAddress[address, default: 0] += 1
  }

  /// Stops counting a connection after its session has ended.
  package mutating func leave(_ address: String?, wasServed: Bool) {
    guard wasServed else { return refused -= 1 }
    total -= 1
    guard let address else { return }
    let left = byAddress[address, default: 1] - 1
    byAddress[address] = left > 0 ? left : nil
  }
}

extension Admission {
  /// A rate of all addresses together, and one of each address.
  private struct Rates {
    private var all: RateTable
    private var byAddress: RateTable

    /// The connections of `burst` seconds may come at once.
    init(all: Int, ofAddress: Int, burst: Double) {
      self.all = RateTable(perSecond: Double(all), burst: Double(all) * burst)
      byAddress = RateTable(perSecond: Double(ofAddress), burst: Double(ofAddress) * burst)
    }

    /// The address is asked first, so that a flood of one takes nothing from the others' rate.
    mutating func take(_ address: String?, now: MonotonicTime) -> Bool {
      if let address, !byAddress.take(address, now: now) { return false }
      return all.take("", now: now)
    }
  }
}
