import CLinux
import Glibc
import SystemPackage

/// The privileges of one process: all that it may reach.
///
/// A process enters it once, at its start, and cannot leave it. Threads and children inherit it.
package struct Sandbox: Sendable {
  /// Files, or directories with all that is beneath them.
  package struct FileRule: Sendable {
    fileprivate enum Target { case path(String), descriptor(FileDescriptor) }
    fileprivate let target: Target
    fileprivate let access: FileAccess

    /// A path, if it exists when the sandbox is entered.
    package static func path(_ path: String, _ access: FileAccess) -> FileRule {
      FileRule(target: .path(path), access: access)
    }

    /// An open directory.
    package static func directory(_ directory: Directory, _ access: FileAccess) -> FileRule {
      FileRule(target: .descriptor(directory.descriptor), access: access)
    }
  }

  /// The files that it may open. All others can only be examined, where the user may name them.
  package var files: [FileRule] = []
  /// The TCP ports that it may bind. It may never connect by TCP.
  package var ports: [UInt16] = []
  /// The system calls that it may make; nil for a process that runs commands of the operator, which
  /// may make any, open any file and use the network.
  package var calls: CallFilter?
  /// The limits of its memory and its descriptors.
  package var limits = ResourceLimits()
  /// The points that the kernel adds when it chooses a process to kill for memory
  /// (proc_pid_oom_score_adj(5), 0 to 1000).
  package var oomScore = 0

  /// Creates a sandbox that opens no file and binds no port.
  package init(calls: CallFilter?) { self.calls = calls }

  /// Enters the sandbox as far as this kernel has the means: see `SandboxMode`. Throws if the
  /// kernel has them and refuses.
  package func enter() throws {
    setOutOfMemoryScore(adding: oomScore)
    try limits.apply()
    try retrying("give up new privileges") { xfer_forgo_privileges() }
    guard let calls else { return }
    try enterLandlock(calls)
    try calls.install()
  }

  /// Denies signals to processes outside, and any control of them (ptrace(2)). Children inherit it.
  package static func confineSignals() throws(SystemFailure) { try Landlock.confineSignals() }

  private func enterLandlock(_ calls: CallFilter) throws(SystemFailure) {
    guard Landlock.version > 0 else { return }
    let rules = try Landlock(confinesSignals: !calls.signalsSupervisor)
    for rule in files {
      switch rule.target {
      case .path(let path): try rules.allow(rule.access, to: path)
      case .descriptor(let descriptor): try rules.allow(rule.access, to: descriptor)
      }
    }
    for port in ports { try rules.allowBinding(port) }
    #if FAILPOINTS
      if let directory = Failpoint.directory { try rules.allow(.changeTree, to: directory) }
    #endif
    try rules.enter()
  }
}

/// Adds points to the score by which the kernel chooses a process to kill for memory. A failure
/// changes nothing else and is ignored.
func setOutOfMemoryScore(adding points: Int) {
  guard let file = fopen("/proc/self/oom_score_adj", "r+") else { return }
  defer { fclose(file) }
  var text = [CChar](repeating: 0, count: 16)
  guard fgets(&text, 16, file) != nil else { return }
  rewind(file)
  fputs("\(min(atoi(text) + Int32(points), 1000))", file)
}
