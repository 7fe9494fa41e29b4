import Glibc
import Synchronization
import XferProtocol
import XferSystem

/// The page of memory that every process of the receiver shares: counters, gauges, refusals and
/// failures by reason, and a slot for each session. Made by the supervisor before its first fork.
/// Counters start at zero with the receiver; what must survive it stands in the history.
public struct Scoreboard: Sendable {
  private static let word = MemoryLayout<UInt64>.stride
  /// Room for each reason, once for connections and once for transfers.
  private static let reasonSlots = 64
  private static let words = Counter.allCases.count + Gauge.allCases.count + 2 * reasonSlots

  /// What a reason was given to.
  public enum Scope: Int, CaseIterable, Sendable { case connection, transfer }

  private let page: SharedPage
  public let sessionCapacity: Int
  public let partials: PartialShares

  /// `sessions` is the greatest number of sessions that may live at once.
  public init(sessions: Int) throws {
    sessionCapacity = sessions
    let slots = Scoreboard.words * Scoreboard.word + sessions * SessionSlot.size
    page = try SharedPage(size: slots + PartialShares.size)
    partials = PartialShares(start: page.start + slots)
    set(.startedAt, Timestamp.now.microseconds)
  }

  public func add(_ counter: Counter, _ amount: Int64 = 1) {
    cell(counter.rawValue).pointee.wrappingAdd(amount, ordering: .relaxed)
  }

  public subscript(counter: Counter) -> Int64 {
    cell(counter.rawValue).pointee.load(ordering: .relaxed)
  }

  public func set(_ gauge: Gauge, _ value: Int64) {
    cell(Counter.allCases.count + gauge.rawValue).pointee.store(value, ordering: .releasing)
  }

  public subscript(gauge: Gauge) -> Int64 {
    cell(Counter.allCases.count + gauge.rawValue).pointee.load(ordering: .acquiring)
  }

  /// Counts a connection or a transfer that was refused or failed.
  public func count(_ scope: Scope, _ reason: Reason) {
    cell(index(scope, reason)).pointee.wrappingAdd(1, ordering: .relaxed)
  }

  public subscript(scope: Scope, reason: Reason) -> Int64 {
    cell(index(scope, reason)).pointee.load(ordering: .relaxed)
  }

  /// The slot of a session; `index` is below `sessionCapacity`.
  public func session(_ index: Int) -> SessionSlot {
    precondition(index >= 0 && index < sessionCapacity)
    return SessionSlot(
      start: page.start + Scoreboard.words * Scoreboard.word + index * SessionSlot.size)
  }

  /// The slot of a living session, found by its process.
  public func session(pid: pid_t) -> SessionSlot? {
    (0..<sessionCapacity).lazy.map(session).first { $0.pid == pid }
  }

  /// The bytes that all living sessions have reserved.
  public var reservedBytes: Int64 {
    (0..<sessionCapacity).lazy.map(session).filter { $0.pid != 0 }.reduce(0) { $0 + $1.reserved }
  }

  private func index(_ scope: Scope, _ reason: Reason) -> Int {
    Counter.allCases.count + Gauge.allCases.count + scope.rawValue * Scoreboard.reasonSlots
      + Int(reason.rawValue)
  }

  private func cell(_ index: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
    (page.start + index * Scoreboard.word).assumingMemoryBound(to: Atomic<Int64>.self)
  }
}
