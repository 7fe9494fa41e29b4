import Glibc
import SystemPackage
import XferHistory
import XferProtocol
import XferSystem

/// A command that runs for an event.
struct RunningHook {
  /// The number of bytes of output that are kept for the log: the last ones.
  private static let keptOutput = 2000
  /// The time between SIGTERM and SIGKILL.
  private static let grace = Duration.seconds(5)

  let event: HookEvent
  /// The failed runs before this one; nil for the first run.
  let former: HookRetry?
  let command: ChildCommand
  private let startedAt = MonotonicTime.now
  private var output: [UInt8] = []
  /// True until the command has closed its output, which it may do before it ends.
  private(set) var hasOutput = true
  private var terminatedAt: MonotonicTime?
  private var isKilled = false
  private let timeout: Duration

  init(_ event: HookEvent, former: HookRetry?, command: ChildCommand, timeout: Duration) {
    self.event = event
    self.former = former
    self.command = command
    self.timeout = timeout
  }

  /// The number of this run, from 1 on.
  var attempt: Int { (former?.attempts ?? 0) + 1 }

  /// The time at which the command is to be told to end, or killed.
  var dueAt: MonotonicTime {
    if isKilled { return .never }
    return terminatedAt.map { $0 + RunningHook.grace } ?? startedAt + timeout
  }

  /// Reads what the command has written.
  mutating func readOutput() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(command.output.rawValue, &buffer, buffer.count)
      if count == 0 { hasOutput = false }
      guard count > 0 else { return }
      output += buffer[..<count]
      if output.count > 2 * RunningHook.keptOutput {
        output.removeFirst(output.count - RunningHook.keptOutput)
      }
    }
  }

  /// Tells the command to end if its time is over, and kills it if it does not.
  mutating func endIfDue(now: MonotonicTime) {
    guard now >= dueAt else { return }
    if terminatedAt != nil {
      isKilled = true
      return command.signal(SIGKILL)
    }
    terminatedAt = now
    command.signal(SIGTERM)
  }

  /// Closes the output after the command has ended. Returns the failure in words; nil if the
  /// command succeeded.
  mutating func finish(_ end: ProcessEnd) -> String? {
    readOutput()
    try? command.output.close()
    if end == .exited(0), terminatedAt == nil { return nil }
    let why: String
    switch end {
    case _ where terminatedAt != nil: why = "it ran longer than \(timeout.wholeSeconds) seconds"
    case .exited(let status): why = "it exited with status \(status)"
    case .killed(let signal): why = "it was killed by signal \(signal)"
    }
    let text = PeerText.sanitized(
      String(decoding: output.suffix(RunningHook.keptOutput), as: UTF8.self)
        .split(separator: "\n").joined(separator: " | "))
    return text.isEmpty ? why : "\(why): \(text)"
  }
}
