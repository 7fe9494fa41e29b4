import XferSystem

/// The served connections without a greeting, and the choice of those that must leave. Clients that
/// open connections and say nothing must not keep others out.
///
/// One that leaves is the oldest of the address that has the most of them. So a client that opens
/// one connection is safe from those that open many, from however many addresses they do so. New
/// connections are not refused for it, because that would keep out honest clients, too. One that is
/// younger than `patience` stays, because a burst of honest clients needs that long to be served,
/// unless half of all places are taken so.
struct UnidentifiedPool {
  /// A connection without an identity.
  struct Member: Equatable {
    let pid: Int32
    let network: String?
    let startedAt: MonotonicTime
  }

  /// The age from which a member beyond the size of the pool must leave.
  static let patience = Duration.seconds(1)
  /// The age from which a member must leave if half of all places are taken so. Younger processes
  /// may not have opened their signals yet.
  static let haste = Duration.milliseconds(100)

  /// The number of members that may stay for long.
  let size: Int
  /// The number of members that may stay at all.
  let most: Int

  init(_ limits: Admission.Limits) {
    size = limits.unidentified
    most = max(limits.connections / 2, limits.unidentified)
  }

  /// Returns the members that must leave now.
  func excess(of members: [Member], now: MonotonicTime) -> [Member] {
    guard members.count > size else { return [] }
    let patient = members.filter { now - $0.startedAt >= UnidentifiedPool.patience }
    let hasty = members.filter { now - $0.startedAt >= UnidentifiedPool.haste }
    let leaving = first(members.count - size, of: patient, among: members)
    let urgent = members.count - most - leaving.count
    guard urgent > 0 else { return leaving }
    return leaving + first(urgent, of: hasty.filter { !leaving.contains($0) }, among: members)
  }

  /// Returns `count` members of `candidates`, one after the other of the address with the most
  /// members that are left, the oldest first.
  private func first(_ count: Int, of candidates: [Member], among members: [Member]) -> [Member] {
    var left = Dictionary(grouping: members, by: \.network).mapValues(\.count)
    var queues = Dictionary(grouping: candidates.sorted { $0.startedAt > $1.startedAt }) {
      $0.network
    }
    var chosen: [Member] = []
    while chosen.count < count {
      let longest = queues.filter { !$0.value.isEmpty }.max { one, other in
        (left[one.key] ?? 0, other.value.last!.startedAt)
          < (left[other.key] ?? 0, one.value.last!.startedAt)
      }
      guard let network = longest?.key, let member = queues[network]?.popLast() else { break }
      left[network, default: 1] -= 1
      chosen.append(member)
    }
    return chosen
  }

  /// Returns the time at which a member may have to leave. Returns nil if none may.
  func deadline(of members: [Member]) -> MonotonicTime? {
    guard members.count > size else { return nil }
    return members.map { $0.startedAt + UnidentifiedPool.patience }.min()
  }
}
