import XferSystem

// The state of the receiver, as the service manager shows it (sd_notify(3)).
extension Supervisor {
  /// Tells that the receiver receives: when it is ready for the first time, and after files were
  /// read or a process was started again.
  mutating func notifyReady() { notices.send("READY=1", "STATUS=\(status)") }

  /// Tells that a permanent process has ended and is being started again.
  mutating func notifyRestart() { notices.send("STATUS=\(status)") }

  /// Tells that files are being read again. The manager takes the receiver for ready again after
  /// `notifyReady`.
  mutating func notifyReload() {
    notices.send("RELOADING=1", "MONOTONIC_USEC=\(MonotonicTime.now.nanoseconds / 1000)")
  }

  /// Tells that the receiver ends, and how long that may take, so that a drain longer than the
  /// manager's own limit is not cut.
  mutating func notifyShutdown() {
    let time = Shutdown.longest(drain: options.drain).nanoseconds / 1000
    notices.send(
      "STOPPING=1", "STATUS=finishing the transfers in flight", "EXTEND_TIMEOUT_USEC=\(time)")
  }

  private var status: String {
    if let process = processes.first(where: { board[$0.settings.readiness] == 0 }) {
      return "waiting for the \(process.role.name), which is being started again"
    }
    return "receiving on " + services.map { "\($0.listener.address)" }.joined(separator: ", ")
  }
}
