import Testing
import XferProtocol

@testable import XferClient

@Suite("A receipt ends a transfer, or the file is sent again under another id")
struct ReceiptsTests {
  private let files: TemporaryFiles

  init() throws { files = try TemporaryFiles() }

  @Test("A file is delivered when its receipt arrives")
  func receiptDelivers() throws {
    let run = Run(.none)
    let delivery = try files.delivery(Receipt.sample(digest: try digest(of: "abc")))
    run.receipts.take(delivery)
    #expect(run.deliveries == [.notAsked])
    #expect(run.events.count == 1)
    #expect(run.queue.isEmpty && !run.receipts.hasUnread)
  }

  @Test("A receipt with the digest of the local file is proven at once")
  func equalDigestIsProven() throws {
    let run = Run(.all)
    let abc = try digest(of: "abc")
    run.receipts.take(try files.delivery(Receipt.sample(digest: abc), digest: abc))
    #expect(run.deliveries == [.same])
    #expect(!run.receipts.hasUnread)
  }

  @Test("A file whose digest is not known is read before it is delivered")
  func unknownDigestIsReadFirst() throws {
    let run = Run(.all)
    run.receipts.take(try files.delivery(Receipt.sample(digest: try digest(of: "abc"))))
    #expect(run.receipts.hasUnread)
    #expect(run.events.isEmpty)
    run.receipts.readAll()
    #expect(run.deliveries == [.same])
    #expect(!run.receipts.hasUnread)
  }

  @Test("A file that changes before it is read is delivered without a proof")
  func changedFileHasNoProof() throws {
    let run = Run(.all)
    run.receipts.take(try files.delivery(Receipt.sample(digest: try digest(of: "abc"))))
    try files.write("abcd", to: "a")
    run.receipts.readAll()
    #expect(run.deliveries == [.missing("the file changed while it was sent")])
    #expect(run.queue.isEmpty)
  }

  @Test("A receipt without a digest proves nothing")
  func receiptWithoutDigestIsUnproven() throws {
    let run = Run(.all)
    run.receipts.take(try files.delivery(Receipt.sample()))
    #expect(run.deliveries == [.missing("the receiver does not compute a SHA-256")])
  }

  @Test("A file that differs from its receipt is sent again once, under another id")
  func differentFileIsSentAgainOnce() throws {
    let run = Run(.none)
    let receipt = try Receipt.sample(digest: try digest(of: "abd"))
    let delivery = try files.delivery(receipt, digest: try digest(of: "abc"))
    run.receipts.take(delivery)
    #expect(run.differences == [true])
    #expect(run.deliveries.isEmpty && run.failures.isEmpty)
    #expect(run.queue.pop() === delivery.file)
    let id = try #require(delivery.file.replacementID(as: delivery.status))
    #expect(id == TransferID(of: try digest(of: "abc"), notOf: receipt.id))
    run.receipts.take(delivery)
    #expect(run.differences == [true, true])
    #expect(run.failures == ["it differs from the delivered file again"])
    #expect(run.queue.isEmpty)
  }

  @Test("A difference from the delivery of another run is no fault unless a proof is asked for")
  func differenceFromOtherRunIsNoFault() throws {
    let receipt = try Receipt.sample(digest: try digest(of: "abd"), standing: .there)
    for (proof, isOfThisRun, isFault) in [
      (Proof.repeated, false, false), (Proof.repeated, true, true), (Proof.all, false, true),
    ] {
      let run = Run(proof)
      let abc = try digest(of: "abc")
      run.receipts.take(try files.delivery(receipt, digest: abc, isOfThisRun: isOfThisRun))
      #expect(run.differences == [isFault])
    }
  }

  @Test("A file that another run delivered and that was removed since is sent again")
  func removedFileIsSentAgain() throws {
    let run = Run(.none)
    let next = TransferID(high: 3, low: 4)
    let abc = try digest(of: "abc")
    let delivery = try files.delivery(Receipt.sample(digest: abc, standing: .removed, next: next))
    run.receipts.take(delivery)
    #expect(run.events.isEmpty)
    #expect(run.queue.pop() === delivery.file)
    #expect(delivery.file.replacementID(as: delivery.status) == next)
    #expect(delivery.file.formerDigest == abc)
  }

  @Test("A receiver that names no next id lets the sender derive it")
  func missingNextIDIsDerived() throws {
    let run = Run(.none)
    let receipt = try Receipt.sample(standing: .removed)
    let delivery = try files.delivery(receipt)
    run.receipts.take(delivery)
    #expect(delivery.file.replacementID(as: delivery.status) == TransferID(after: receipt))
  }

  @Test("A file that this run delivered is not sent again if it was moved away since")
  func ownDeliveryMayBeMovedAway() throws {
    let run = Run(.none)
    run.receipts.take(try files.delivery(Receipt.sample(standing: .removed), isOfThisRun: true))
    #expect(run.deliveries == [.notAsked])
    #expect(run.queue.isEmpty)
  }

  @Test("A receiver that names the offered id as the next one ends the transfer")
  func sameNextIDFails() throws {
    let run = Run(.none)
    let id = TransferID(high: 1, low: 2)
    run.receipts.take(try files.delivery(Receipt.sample(id: id, standing: .removed, next: id)))
    #expect(run.failures.count == 1)
    #expect(run.queue.isEmpty)
  }

  @Test("A file that is delivered and removed 17 times in a run fails")
  func endlessRemovalFails() throws {
    let run = Run(.none)
    let next = TransferID(high: 3, low: 4)
    let delivery = try files.delivery(Receipt.sample(standing: .removed, next: next))
    for _ in 0..<16 {
      run.receipts.take(delivery)
      #expect(run.queue.pop() === delivery.file)
    }
    #expect(run.failures.isEmpty)
    run.receipts.take(delivery)
    #expect(run.failures.count == 1)
    #expect(run.queue.isEmpty)
  }
}

/// The receipts of one run, and the events that they report.
private final class Run {
  let queue = SendQueue([])
  private(set) var events: [SendEvent] = []
  private let proof: Proof
  private(set) lazy var receipts = Receipts(proof, queue: queue) {
    [unowned self] in events.append($0)
  }

  init(_ proof: Proof) { self.proof = proof }

  /// The evidence of each delivery.
  var deliveries: [Evidence] {
    events.compactMap { event -> Evidence? in
      if case .delivered(_, _, let evidence) = event { evidence } else { nil }
    }
  }

  /// For each difference, true if it is a fault.
  var differences: [Bool] {
    events.compactMap { event -> Bool? in
      if case .differs(_, _, _, let isFault) = event { isFault } else { nil }
    }
  }

  /// The message of each failure.
  var failures: [String] {
    events.compactMap { event -> String? in
      if case .failed(_, let why) = event { why } else { nil }
    }
  }
}
