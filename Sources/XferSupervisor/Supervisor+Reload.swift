import Glibc
import Logging
import XferMetrics
import XferSystem

// Reading the lists and certificates again, on SIGHUP.
extension Supervisor {
  /// Tells the processes that keep files to read them again, and ends the sessions of clients that
  /// may not be served as before.
  mutating func reload() {
    log.notice("reloading the certificate and the list of clients")
    // A manager that was not told yet that the receiver is ready must not be told now.
    let isAnnounced = isReady && shutdown == nil
    if isAnnounced { notifyReload() }
    readListsAgain()
    if isAnnounced { notifyReady() }
  }

  private func readListsAgain() {
    for process in processes where board[process.settings.readiness] > 0 {
      if let signal = process.settings.reloadSignal { process.send(signal) }
    }
    // Counted before the list is read: see `SessionSlot.note(grant:)`.
    board.addReload()
    do {
      let isValid = try options.grants()
      let ended = sessions.revoke { $0.grant != 0 && !isValid($0.grant, $0.client.name) }
      if ended > 0 {
        log.notice(
          "ended sessions of clients that were revoked or have other rights now",
          metadata: ["sessions": .stringConvertible(ended)])
      }
    } catch {
      log.error("the list of clients cannot be read; sessions stay as they are: \(error)")
    }
  }
}
