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
    let directory = context.options.data.incoming
    if let holder = directory.lockHolder(of: id.description), holder != getpid(),
      let slot = context.board.session(pid: holder),
      monotonicNanoseconds() - slot.lastHeard > Takeover.stale
    {
      context.log.notice("takes over from session \(holder), which is silent")
      kill(holder, SIGUSR1)
    }
    return Refusal(.busy, "another connection sends this transfer now", retryAfter: 1)
  }
}
