import CLinux

/// The setting for sandboxes of all processes.
package enum SandboxMode: String, CaseIterable, Sendable {
  /// Processes enter their sandbox as far as the kernel has the means.
  case on
  /// The receiver does not run if the kernel lacks a means.
  case require
  /// No process enters a sandbox.
  case off

  /// The means that this kernel lacks, each with what is not restricted without it.
  package static var missing: [String] {
    var missing: [String] = []
    switch Landlock.version {
    case 0: missing.append("Landlock (files, ports and signals are not restricted)")
    case 1..<4: missing.append("Landlock 4 (TCP ports and signals are not restricted by Landlock)")
    case 4..<6: missing.append("Landlock 6 (signals and abstract sockets are not restricted by it)")
    default: break
    }
    if xfer_filter_works() == 0 { missing.append("seccomp (system calls are not restricted)") }
    return missing
  }
}
