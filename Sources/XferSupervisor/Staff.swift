import Glibc
import Logging
import XferMetrics
import XferProtocol
import XferSystem

/// A process that the supervisor always keeps: the recorder and the stats process.
struct StaffRole {
  let name: String
  /// Counted at each start.
  let starts: Counter
  /// Descriptors that the process keeps besides the standard ones.
  let keeps: [Int32]
  let main: () -> RoleExit
}

/// Keeps one process of a role alive: starts it, and starts it again with growing patience.
struct Staff {
  /// Nanoseconds before a process that ended at once is started again, and at the most.
  private static let firstPause: Int64 = 100_000_000
  private static let longestPause: Int64 = 5_000_000_000
  /// A process that lived this long starts afresh without a pause.
  private static let steady: Int64 = 2_000_000_000

  let role: StaffRole
  private(set) var pid: pid_t?
  private var startedAt: Int64 = 0
  private var pause: Int64 = 0
  /// When it is to be started; nil while it runs.
  private(set) var dueAt: Int64? = 0

  init(_ role: StaffRole) { self.role = role }

  mutating func startIfDue(_ board: Scoreboard, now: Int64) throws {
    guard let dueAt, dueAt <= now else { return }
    let role = role
    pid = try Fork.child(keeping: role.keeps) { role.main().rawValue }
    startedAt = now
    self.dueAt = nil
    board.add(role.starts)
  }

  mutating func noteEnd(now: Int64) {
    pid = nil
    let wasSteady = now - startedAt >= Staff.steady
    pause = wasSteady ? 0 : min(max(pause * 2, Staff.firstPause), Staff.longestPause)
    dueAt = now + pause
  }

  func tell(_ signal: Int32) {
    if let pid { kill(pid, signal) }
  }
}
