import Glibc
import Synchronization
import XferProtocol
import XferSystem

/// The memory that all processes of the receiver share: counters, gauges, refusals and failures by
/// reason, and a slot for each session.
///
/// The supervisor creates it before its first fork. Counters start at zero with the receiver;
/// figures that must survive it are in the history.
package struct Scoreboard: Sendable {
  private static let word = MemoryLayout<UInt64>.stride
  /// The number of cells for reasons, once for each `ReasonCell`.
  private static let reasonSlots = 64
  /// The last word is the number of sessions that have entered a group.
  private static let words =
    Counter.allCases.count + Gauge.allCases.count + ReasonCell.allCases.count * reasonSlots + 1

  /// The kind of thing that a reason was recorded for.
  package enum Scope: CaseIterable, Sendable { case connection, transfer }

  /// The figures of each reason.
  fileprivate enum ReasonCell: Int, CaseIterable {
    /// The connections, and the transfers, that were refused or failed.
    case connections, transfers
    /// The failures of strangers that no line of the log has shown.
    case unlogged
    /// The second of the monotonic clock in which a failure of a stranger was last logged.
    case loggedAt
  }

  private let page: SharedPage
  /// The number of session slots.
  package let sessionCapacity: Int
  /// The partial files of each client.
  package let partials: PartialShares
  /// The rates at which bytes may arrive.
  package let rates: ByteRates

  /// Maps the memory. `sessions` is the largest number of sessions that may live at once.
  package init(sessions: Int) throws {
    sessionCapacity = sessions
    let slots = Scoreboard.words * Scoreboard.word + sessions * SessionSlot.size
    page = try SharedPage(size: slots + PartialShares.size + ByteRates.size)
    partials = PartialShares(start: page.start + slots)
    rates = ByteRates(start: page.start + slots + PartialShares.size)
    set(.startedAt, Timestamp.now.microseconds)
  }

  /// Increases a counter.
  package func add(_ counter: Counter, by amount: Int64 = 1) {
    cell(counter.rawValue).pointee.wrappingAdd(amount, ordering: .relaxed)
  }

  /// The value of a counter.
  package subscript(counter: Counter) -> Int64 {
    cell(counter.rawValue).pointee.load(ordering: .relaxed)
  }

  /// Counts a reload. A session that notes its grant later than this sees the new count, because
  /// both sides have a fence between their write and their read: see `SessionSlot.note(grant:)`.
  package func addReload() {
    add(.reloads)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// Sets a gauge.
  package func set(_ gauge: Gauge, _ value: Int64) {
    cell(Counter.allCases.count + gauge.rawValue).pointee.store(value, ordering: .releasing)
  }

  /// The value of a gauge.
  package subscript(gauge: Gauge) -> Int64 {
    cell(Counter.allCases.count + gauge.rawValue).pointee.load(ordering: .acquiring)
  }

  /// Counts a connection or a transfer that was refused or failed.
  package func count(_ scope: Scope, reason: Reason) {
    cell(reason, scope.cell).pointee.wrappingAdd(1, ordering: .relaxed)
  }

  /// The number of connections or transfers with this reason.
  package subscript(scope: Scope, reason: Reason) -> Int64 {
    cell(reason, scope.cell).pointee.load(ordering: .relaxed)
  }

  /// Counts a failure of a stranger. Returns nil if a process has logged one of the same reason in
  /// this second. Else the caller is to log one line for so many failures, this one too.
  package func noteStranger(_ reason: Reason) -> Int64? {
    let unlogged = cell(reason, .unlogged)
    unlogged.pointee.wrappingAdd(1, ordering: .relaxed)
    guard Scoreboard.begins(cell(reason, .loggedAt)) else { return nil }
    return unlogged.pointee.exchange(0, ordering: .relaxed)
  }

  /// Returns true if no process has logged a copied key in this second, and notes that one does.
  package func mayLogCopiedKey() -> Bool {
    Scoreboard.begins(cell(Counter.allCases.count + Gauge.copiedKeyLoggedAt.rawValue))
  }

  /// Puts the second of the monotonic clock into a cell. Returns false if another process has done
  /// so in this second.
  private static func begins(_ cell: UnsafeMutablePointer<Atomic<Int64>>) -> Bool {
    let second = MonotonicTime.now.nanoseconds / 1_000_000_000
    let last = cell.pointee.load(ordering: .relaxed)
    return last != second
      && cell.pointee.compareExchange(expected: last, desired: second, ordering: .relaxed).exchanged
  }

  /// Returns the session slot at `index`, which is below `sessionCapacity`.
  package func session(_ index: Int) -> SessionSlot {
    precondition(index >= 0 && index < sessionCapacity)
    return SessionSlot(
      start: page.start + Scoreboard.words * Scoreboard.word + index * SessionSlot.size)
  }

  /// Returns the slot of the live session with this pid. Returns nil if there is none.
  package func session(pid: pid_t) -> SessionSlot? {
    (0..<sessionCapacity).lazy.map(session).first { $0.pid == pid }
  }

  /// Counts a session in the group with this key. Returns false and counts nothing if `limit`
  /// sessions that live have entered the group before. The first to enter is the first to be
  /// served.
  ///
  /// There is no lock that a killed session could hold. In return, sessions that enter within the
  /// same microsecond may exceed the limit.
  package func enter(
    _ slot: SessionSlot, _ group: SessionSlot.Group, key: String, limit: Int
  ) -> Bool {
    let key = SharedHash.number(of: key)
    let ticket = cell(Scoreboard.words - 1).pointee
      .wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
    slot.enter(group, key: key, ticket: ticket)
    let earlier = (0..<sessionCapacity).lazy.map(session)
      .filter { $0.isMember(of: group, key: key, before: ticket) }.count
    if earlier >= limit { slot.leave(group) }
    return earlier < limit
  }

  /// Returns the address of another live session of this identified client, if it differs.
  package func otherAddress(of client: Client) -> String? {
    guard let name = client.name else { return nil }
    return (0..<sessionCapacity).lazy.map(session)
      .filter { $0.pid != 0 }.map(\.client)
      .first { $0.name == name && $0.address != client.address }?.address
  }

  /// The disk space, in bytes, that all live sessions need for accepted transfers and have not
  /// allocated yet.
  package var reservedBytes: Int64 {
    (0..<sessionCapacity).lazy.map(session).filter { $0.pid != 0 }.reduce(0) { $0 + $1.reserved }
  }

  private func cell(
    _ reason: Reason, _ kind: ReasonCell
  ) -> UnsafeMutablePointer<Atomic<Int64>> {
    cell(
      Counter.allCases.count + Gauge.allCases.count + kind.rawValue * Scoreboard.reasonSlots
        + Int(reason.rawValue))
  }

  private func cell(_ index: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
    (page.start + index * Scoreboard.word).assumingMemoryBound(to: Atomic<Int64>.self)
  }
}

extension Scoreboard.Scope {
  fileprivate var cell: Scoreboard.ReasonCell { self == .connection ? .connections : .transfers }
}
