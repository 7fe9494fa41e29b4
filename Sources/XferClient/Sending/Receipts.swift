import Synchronization
import XferProtocol
import XferSystem

/// Handles receipts: reports the file as delivered, or sends it again under another id. It exists
/// for the whole run, and all conversations use it. `report` may be called by any of them.
final class Receipts: @unchecked Sendable {
  /// The maximum number of times in one run that a file is offered again because its delivery was
  /// removed from the receiver.
  private static let rounds = 16

  let proof: Proof
  private let queue: SendQueue
  /// Removes delivered files; nil if they are kept.
  private let remover: SourceRemover?
  /// The set of the run; nil if there is none.
  private let set: SetDelivery?
  private let report: (SendEvent) -> Void
  /// Deliveries that need a read of the local file first.
  private let unread = Mutex<[Delivery]>([])

  init(
    _ proof: Proof, queue: SendQueue, remover: SourceRemover? = nil, set: SetDelivery? = nil,
    report: @escaping (SendEvent) -> Void
  ) {
    self.proof = proof
    self.queue = queue
    self.remover = remover
    self.set = set
    self.report = report
  }

  var hasUnread: Bool { unread.withLock { !$0.isEmpty } }

  /// Settles a delivery now, or keeps it for `readAll`.
  func take(_ delivery: Delivery) {
    guard delivery.needsReading(for: proof) else { return settle(delivery) }
    unread.withLock { $0.append(delivery) }
  }

  /// Reads the local files of the deliveries that were kept. Called without an open connection,
  /// because reading may take longer than a receiver waits.
  func readAll() {
    let deliveries = takeUnread()
    let reader = LocalReader(deliveries, report: report)
    for delivery in deliveries {
      do {
        var delivery = delivery
        delivery.digest = try reader.digest(of: delivery)
        settle(delivery)
      } catch {
        end(delivery, .missing("\(error)"))
      }
    }
  }

  /// Ends the deliveries that were kept, without reading the files.
  func endUnread(because why: String) {
    for delivery in takeUnread() { end(delivery, .missing(why)) }
  }

  private func takeUnread() -> [Delivery] {
    unread.withLock { unread in
      defer { unread = [] }
      return unread
    }
  }

  private func settle(_ delivery: Delivery) {
    if let here = delivery.digest, delivery.differs {
      return sendDifferent(delivery, localDigest: here)
    }
    if delivery.isGone { return sendRemoved(delivery) }
    end(delivery, delivery.evidence(for: proof))
  }

  private func end(_ delivery: Delivery, _ evidence: Evidence) {
    if let remover { delivery.file.removal = remover.removal(of: delivery, evidence) }
    set?.add(delivery.member)
    report(.delivered(delivery.file, delivery.receipt, evidence))
  }

  /// Sends a file again because its content differs from the receipt. That is a fault if the
  /// receipt is for content that this run sent. Otherwise the file may have changed without a trace
  /// since an earlier run delivered it.
  private func sendDifferent(_ delivery: Delivery, localDigest here: Digest) {
    let file = delivery.file
    let isFault = proof == .all || delivery.isOfThisRun || !delivery.receipt.repeated
    file.differences += 1
    let isLast = file.differences > 1
    report(.differs(file, delivery.receipt, here: here, isFault: isFault))
    if isLast { return report(.failed(file, why: "it differs from the delivered file again")) }
    file.replaceID(with: TransferID(of: here, notOf: delivery.offered), as: delivery.status)
    queue.putBack(file)
  }

  private func sendRemoved(_ delivery: Delivery) {
    let (file, receipt) = (delivery.file, delivery.receipt)
    file.removals += 1
    let next = receipt.next ?? TransferID(after: receipt)
    guard file.removals <= Receipts.rounds, next != delivery.offered else {
      return report(.failed(file, why: Receipts.removedTooOften(receipt)))
    }
    file.replaceID(with: next, as: delivery.status, former: receipt.digest)
    queue.putBack(file)
  }

  /// Returns the message for a file that the receiver reports as delivered and removed under every
  /// id.
  private static func removedTooOften(_ receipt: Receipt) -> String {
    if receipt.next != nil {
      return "the receiver reports it as delivered and removed under \(rounds) ids; see its log"
    }
    return "it was delivered and removed \(rounds) times, and this receiver does not report the "
      + "newest delivery; install a newer xferd there, or send the file under another name or with "
      + "a new time (touch)"
  }
}
