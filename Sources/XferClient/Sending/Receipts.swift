import XferProtocol
import XferSystem

/// Decides what becomes of a file whose receipt came: delivered, or to be sent under another id. Outlives
/// the connections of a run.
final class Receipts {
  /// How often a file is offered anew in one run because what was delivered is not there any more.
  private static let rounds = 16

  let proof: Proof
  private let queue: SendQueue
  private let tell: (SendEvent) -> Void
  /// Those whose file has to be read before they can be believed.
  private var unread: [Delivery] = []

  init(_ proof: Proof, _ queue: SendQueue, tell: @escaping (SendEvent) -> Void) {
    self.proof = proof
    self.queue = queue
    self.tell = tell
  }

  var hasUnread: Bool { !unread.isEmpty }

  func take(_ delivery: Delivery) {
    delivery.needsReading(for: proof) ? unread.append(delivery) : settle(delivery)
  }

  /// Reads the files that have to be read. No connection waits meanwhile.
  func readAll() {
    let deliveries = unread
    unread = []
    let reading = Reading(deliveries, tell: tell)
    for delivery in deliveries {
      do {
        var delivery = delivery
        delivery.digest = try reading.digest(of: delivery)
        settle(delivery)
      } catch {
        tell(.delivered(delivery.file, delivery.receipt, .missing("\(error)")))
      }
    }
  }

  private func settle(_ delivery: Delivery) {
    if let here = delivery.digest, delivery.differs { return sendOther(delivery, here) }
    if delivery.isGone { return sendAnew(delivery) }
    tell(.delivered(delivery.file, delivery.receipt, delivery.evidence(for: proof)))
  }

  /// The content here is not what the receipt is of. A file that was changed without a trace is another
  /// one than what was delivered; else, what was sent and what arrived are not the same.
  private func sendOther(_ delivery: Delivery, _ here: Digest) {
    let file = delivery.file
    let isFault = proof == .all || delivery.isOfThisRun || !delivery.receipt.repeated
    file.differences += 1
    let isLast = file.differences > 1
    tell(.differs(file, delivery.receipt, here: here, isFault: isFault))
    if isLast { return tell(.failed(file, why: "it differs from what was delivered, again")) }
    file.deliverAnew(TransferID(of: here, notOf: delivery.offered), as: delivery.status)
    queue.putBack(file)
  }

  private func sendAnew(_ delivery: Delivery) {
    let (file, receipt) = (delivery.file, delivery.receipt)
    file.removals += 1
    let next = receipt.next ?? TransferID(after: receipt)
    guard file.removals <= Receipts.rounds, next != delivery.offered else {
      return tell(.failed(file, why: Receipts.isLost(receipt)))
    }
    file.deliverAnew(next, as: delivery.status, former: receipt.digest)
    queue.putBack(file)
  }

  /// The sentence for a file that is said to be delivered and removed whatever id it is offered under.
  private static func isLost(_ receipt: Receipt) -> String {
    receipt.next == nil
      ? "it was delivered and removed \(rounds) times, and this receiver cannot tell what follows; "
        + "install a newer xferd there, or send the file with another name or a new time (touch)"
      : "the receiver says under \(rounds) ids that it was delivered and removed, and takes none; "
        + "see its log"
  }
}
