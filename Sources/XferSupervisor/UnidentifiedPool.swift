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

  /// Returns the members that must leave now. One that is too young stays, and no other leaves for
  /// it.
  func excess(of members: [Member], now: MonotonicTime) -> [Member] {
    let urgent = members.count - most
    return surplus(of: members).enumerated().filter { place, member in
      let patience = place < urgent ? UnidentifiedPool.haste : UnidentifiedPool.patience
      return now - member.startedAt >= patience
    }.map(\.element)
  }

  /// The members beyond the size of the pool, in the order in which they leave: one after the other
  /// of the address with the most members that are left, the oldest first.
  private func surplus(of members: [Member]) -> [Member] {
    guard members.count > size else { return [] }
    let ranked = Dictionary(grouping: members, by: \.network).values.flatMap { own in
      own.sorted { $0.startedAt < $1.startedAt }.enumerated()
        .map { (left: own.count - $0.offset, member: $0.element) }
    }
    let order = ranked.sorted { one, other in
      (other.left, one.member.startedAt) < (one.left, other.member.startedAt)
    }
    return order.prefix(members.count - size).map(\.member)
  }

  /// Returns the time at which a member may have to leave. Returns nil if none may.
  func deadline(of members: [Member]) -> MonotonicTime? {
    surplus(of: members).map { $0.startedAt + UnidentifiedPool.patience }.min()
  }
}
