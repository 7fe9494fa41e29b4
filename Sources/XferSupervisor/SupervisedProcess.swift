import Glibc
import XferMetrics
import XferSystem

/// One permanent process. It is restarted when it ends, after a pause that doubles while it keeps
/// ending soon after its start.
struct SupervisedProcess {
  /// The first and the longest pause before a restart, in nanoseconds.
  private static let firstPause: Int64 = 100_000_000
  private static let longestPause: Int64 = 5_000_000_000
  /// A process that ran for so many nanoseconds is restarted without a pause.
  private static let steadyTime: Int64 = 2_000_000_000

  let role: Role
  let settings: PermanentProcess
  /// The running process. Nil while none runs.
  private(set) var pid: pid_t?
  /// The time of the next start, on the monotonic clock. Nil while the process runs.
  private(set) var dueAt: Int64? = 0
  private var startedAt: Int64 = 0
  private var pause: Int64 = 0

  /// Returns nil if the role has a process for each connection.
  init?(_ role: Role) {
    guard case .permanent(let settings) = role.kind else { return nil }
    self.role = role
    self.settings = settings
  }

  /// Starts the process if its start is due.
  mutating func startIfDue(now: Int64, countingOn board: Scoreboard) throws {
    guard let dueAt, dueAt <= now else { return }
    let role = role
    // SIGUSR1 makes the supervisor check whether all processes are ready.
    let assignment = Assignment(connection: nil, reportReady: { kill(getppid(), SIGUSR1) })
    pid = try Fork.child(keeping: role.keeps.map(\.rawValue)) { role.main(assignment).rawValue }
    startedAt = now
    self.dueAt = nil
    board.add(settings.starts)
  }

  /// Schedules the restart of a process that has ended or could not be started.
  mutating func noteEnd(now: Int64) {
    pid = nil
    let wasSteady = now - startedAt >= SupervisedProcess.steadyTime
    pause =
      wasSteady
      ? 0
      : min(max(pause * 2, SupervisedProcess.firstPause), SupervisedProcess.longestPause)
    dueAt = now + pause
  }

  /// Sends a signal to the process if it runs.
  func send(_ signal: Int32) {
    if let pid { kill(pid, signal) }
  }
}
