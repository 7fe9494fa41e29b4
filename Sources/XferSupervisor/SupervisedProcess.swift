import Glibc
import XferMetrics
import XferSystem

/// One permanent process. It is restarted when it ends, after a pause that doubles while it keeps
/// ending soon after its start.
struct SupervisedProcess {
  /// The first and the longest pause before a restart.
  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(5)
  /// A process that ran for so long is restarted without a pause.
  private static let steadyTime = Duration.seconds(2)

  let role: Role
  let settings: PermanentProcess
  /// The running process. Nil while none runs.
  private(set) var pid: pid_t?
  /// The time of the next start. Nil while the process runs.
  private(set) var dueAt: MonotonicTime? = .start
  private var startedAt = MonotonicTime.start
  private var pause = Duration.zero

  /// Returns nil if the role has a process for each connection.
  init?(_ role: Role) {
    guard case .permanent(let settings) = role.kind else { return nil }
    self.role = role
    self.settings = settings
  }

  /// Starts the process if its start is due.
  mutating func startIfDue(now: MonotonicTime, countingOn board: Scoreboard) throws {
    guard let dueAt, dueAt <= now else { return }
    let role = role
    // SIGUSR1 makes the supervisor check whether all processes are ready.
    let assignment = Assignment(reportReady: { kill(getppid(), SIGUSR1) })
    pid = try Fork.child(keeping: role.keeps.map(\.rawValue)) { role.run(assignment) }
    startedAt = now
    self.dueAt = nil
    board.add(settings.starts)
  }

  /// Schedules the restart of a process that has ended or could not be started.
  mutating func noteEnd(now: MonotonicTime) {
    pid = nil
    let wasSteady = now - startedAt >= SupervisedProcess.steadyTime
    pause =
      wasSteady
      ? .zero
      : min(max(pause * 2, SupervisedProcess.firstPause), SupervisedProcess.longestPause)
    dueAt = now + pause
  }

  /// Sends a signal to the process if it runs.
  func send(_ signal: Int32) {
    if let pid { kill(pid, signal) }
  }
}
