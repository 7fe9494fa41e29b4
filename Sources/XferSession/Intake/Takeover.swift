import Glibc
import Logging
import XferMetrics
import XferProtocol
import XferSystem

/// Resolves two connections that send the same transfer. The newer one takes over if the older one
/// is silent, for example because its link was lost without a notice.
struct Takeover {
  /// The silence after which the older connection is treated as lost.
  private static let stale = Duration.seconds(3)

  private let context: SessionContext

  init(_ context: SessionContext) { self.context = context }

  /// Asks the session that holds the transfer to leave if its client is silent. Returns the refusal
  /// for the newer connection. Its sender retries after the delay in the refusal, and then finds
  /// the transfer free.
  func attempt(_ id: TransferID) -> Refusal {
    if let (holder, slot) = holder(of: id), slot.verification == nil,
      MonotonicTime(nanoseconds: slot.lastActivity).elapsed > Takeover.stale
    {
      context.log.notice("takes over from session \(holder), which is silent")
      slot.askToLeave()
    }
    return Refusal(.busy, "another connection sends this transfer now", retryAfter: 1)
  }

  /// Returns the progress of the session that verifies the file; nil if none does.
  func verification(of id: TransferID) -> Progress? { holder(of: id)?.slot.verification(of: id) }

  private func holder(of id: TransferID) -> (pid: pid_t, slot: SessionSlot)? {
    guard let pid = context.options.data.incoming.lockHolder(of: id.description), pid != getpid()
    else { return nil }
    return context.board.session(pid: pid).map { (pid, $0) }
  }
}
