import Glibc
import Logging
import XferSystem

// Sessions with silent clients, and the report of dropped connections.
extension Supervisor {
  /// Tells sessions without a greeting to leave if they are too many.
  mutating func displaceUnidentified() {
    guard sessions.count > pool.size else { return }
    for member in pool.excess(of: sessions.unidentified, now: .now) {
      board.add(.sessionsDisplaced)
      sessions.displace(member.pid)
    }
  }

  /// The time at which a session may have to leave. Nil if none may.
  var displacementDueAt: MonotonicTime? {
    sessions.count > pool.size ? pool.deadline(of: sessions.unidentified) : nil
  }

  /// Logs how many connections were dropped, once a second at most.
  mutating func reportDrops() {
    guard let drops = drops.take(now: .now) else { return }
    log.warning(
      "dropped connections that came too fast, or while too many were being refused",
      metadata: ["connections": .stringConvertible(drops.count), "client": "\(drops.last)"])
  }
}
