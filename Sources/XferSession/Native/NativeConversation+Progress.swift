import Logging
import XferMetrics
import XferProtocol
import XferSystem

/// The progress of verifications, by this session and by others.
extension NativeConversation {
  /// The time between two `working` messages of a transfer.
  private static let workingPause = Duration.seconds(1)

  /// Once a second, reports the progress of seals to the client, and asks the recorder again about
  /// transfers that another session verifies.
  func reportProgress() {
    guard order.isWorking else { return }
    if let lastWorking, lastWorking.elapsed < NativeConversation.workingPause { return }
    lastWorking = .now
    let elsewhere = transfers(in: .elsewhere)
    for transfer in transfers(in: .sealing) + elsewhere {
      if order.allows(.working, for: transfer.tag), let progress = transfer.progress {
        client.say(.working(tag: transfer.tag, progress))
      }
    }
    elsewhere.forEach(askAgain)
  }

  private func askAgain(_ transfer: Transfer) {
    transfer.elsewhere = nil
    order.askAgain(transfer.tag)
    find(transfer)
  }

  /// Handles a transfer if another process holds its file.
  ///
  /// If a session verifies the file, a client of version 2 waits for it. Otherwise the transfer is
  /// refused for now, and a holder with a silent client is asked to leave.
  func waitForHolder(_ transfer: Transfer) throws {
    let takeover = Takeover(context)
    if order.version >= 2, let progress = takeover.verification(of: transfer.announced.incomingID) {
      transfer.elsewhere = progress
      order.waitElsewhere(transfer.tag)
      context.log.debug(
        "waits for another session that verifies the file", metadata: ["name": "\(transfer.name)"])
    } else {
      throw takeover.attempt(transfer.announced.incomingID)
    }
  }
}
