import Glibc
import Logging
import XferMetrics
import XferSystem

// The effects of the steps that `Shutdown` decides.
extension Supervisor {
  /// True if the permanent processes must end and are not restarted.
  var isClosing: Bool { shutdown?.isClosing ?? false }

  /// Begins the shutdown, unless one is under way.
  mutating func beginShutdown(_ cause: String) {
    guard shutdown == nil else { return }
    log.notice(
      "shutting down: \(cause)", metadata: ["sessions": .stringConvertible(admission.total)])
    for service in services { try? service.listener.descriptor.close() }
    board.shutdownStage = .draining
    shutdown = Shutdown(now: .now, drain: options.drain)
    notifyShutdown()
    sessions.send(SIGTERM)
  }

  /// Enters the next step of the shutdown and returns it. Returns nil if there is none.
  mutating func advanceShutdown() -> Shutdown.Step? {
    let step = shutdown?.advance(
      now: .now, sessionsLive: !sessions.isEmpty,
      processesLive: processes.contains { $0.pid != nil }
        || localServices.contains { !$0.pids.isEmpty })
    switch step {
    case .leave:
      board.shutdownStage = .leaving
      sessions.send(SIGTERM)
    case .close:
      processes.forEach { $0.send(SIGTERM) }
      localServices.forEach { $0.send(SIGTERM) }
    case .force:
      sessions.send(SIGKILL)
      processes.forEach { $0.send(SIGKILL) }
      localServices.forEach { $0.send(SIGKILL) }
    case .drain, .over, nil: break
    }
    return step
  }
}
