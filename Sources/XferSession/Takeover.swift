import Glibc
import Logging
import XferMetrics
import XferProtocol
import XferSystem

/// Two connections send the same transfer: the newer one takes over from one that has fallen
/// silent, as after a link was lost without a word.
struct Takeover {
  /// Nanoseconds of silence after which the older connection is taken for lost.
  private static let stale: Int64 = 3_000_000_000

  private let context: SessionContext

  init(_ context: SessionContext) { self.context = context }

  /// Tells the session that holds the transfer to leave, if its client is silent. The sender comes
  /// back after the pause that the refusal names, and finds the transfer free.
  func attempt(_ id: TransferID) -> Refusal {
    if let (holder, slot) = holder(of: id), slot.verification == nil,
      monotonicNanoseconds() - slot.lastActivity > Takeover.stale
    {
      context.log.notice("takes over from session \(holder), which is silent")
      kill(holder, SIGUSR1)
    }
    return Refusal(.busy, "another connection sends this transfer now", retryAfter: 1)
  }

  /// How far the session that holds the file is with reading it again. Returns nil if it does not.
  func verification(of id: TransferID) -> Progress? { holder(of: id)?.slot.verification(of: id) }

  private func holder(of id: TransferID) -> (pid: pid_t, slot: SessionSlot)? {
    guard let pid = context.options.data.incoming.lockHolder(of: id.description), pid != getpid()
    else { return nil }
    return context.board.session(pid: pid).map { (pid, $0) }
  }
}
