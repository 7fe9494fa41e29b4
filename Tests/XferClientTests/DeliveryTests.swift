import Testing
import XferProtocol

@testable import XferClient

@Suite("A receipt is compared with the local file as far as the sender asks for it")
struct DeliveryTests {
  private let files: TemporaryFiles

  init() throws { files = try TemporaryFiles() }

  @Test("A delivery differs only if both digests are known and not equal")
  func differenceNeedsTwoDigests() throws {
    let (abc, other) = (try digest(of: "abc"), try digest(of: "abd"))
    #expect(try files.delivery(Receipt.sample(digest: abc), digest: other).differs)
    #expect(try !files.delivery(Receipt.sample(digest: abc), digest: abc).differs)
    #expect(try !files.delivery(Receipt.sample(digest: abc)).differs)
    #expect(try !files.delivery(Receipt.sample(), digest: abc).differs)
  }

  @Test("A file is read for its proof if its digest is not known yet")
  func unreadFileIsReadForProof() throws {
    let abc = try digest(of: "abc")
    let new = try files.delivery(Receipt.sample(digest: abc))
    let repeated = try files.delivery(Receipt.sample(digest: abc, standing: .there))
    #expect([Proof.none, .repeated, .all].map(new.needsReading) == [false, false, true])
    #expect([Proof.none, .repeated, .all].map(repeated.needsReading) == [false, true, true])
  }

  @Test("A file is not read if its digest is known, or if the receipt has none")
  func knownOrMissingDigestNeedsNoReading() throws {
    let abc = try digest(of: "abc")
    #expect(try !files.delivery(Receipt.sample(digest: abc), digest: abc).needsReading(for: .all))
    #expect(try !files.delivery(Receipt.sample(standing: .there)).needsReading(for: .all))
  }

  @Test("A delivery of another run that was removed is not read, because it is sent again")
  func goneDeliveryNeedsNoReading() throws {
    let receipt = try Receipt.sample(digest: try digest(of: "abc"), standing: .removed)
    let gone = try files.delivery(receipt)
    #expect(gone.isGone)
    #expect(!gone.needsReading(for: .all))
    let own = try files.delivery(receipt, isOfThisRun: true)
    #expect(!own.isGone)
    #expect(own.needsReading(for: .all))
  }

  @Test("A file is read without a request if its former delivery had another digest")
  func formerDigestThatDiffersNeedsReading() throws {
    let (abc, former) = (try digest(of: "abc"), try digest(of: "abd"))
    let same = try files.delivery(Receipt.sample(digest: abc))
    same.file.replaceID(with: .random(), as: same.status, former: abc)
    #expect(!same.needsReading(for: .none))
    let other = try files.delivery(Receipt.sample(digest: abc))
    other.file.replaceID(with: .random(), as: other.status, former: former)
    #expect(other.needsReading(for: .none))
  }

  @Test("The evidence says if the receipt was compared, and why it could not be")
  func evidenceNamesComparison() throws {
    let abc = try digest(of: "abc")
    let compared = try files.delivery(Receipt.sample(digest: abc), digest: abc)
    #expect(compared.evidence(for: .none) == .notAsked)
    #expect(compared.evidence(for: .repeated) == .notAsked)
    #expect(compared.evidence(for: .all) == .same)
    let repeated = try files.delivery(Receipt.sample(digest: abc, standing: .there), digest: abc)
    #expect(repeated.evidence(for: .repeated) == .same)
    let unread = try files.delivery(Receipt.sample(digest: abc))
    #expect(unread.evidence(for: .all) == .missing("the file was not read"))
    let undigested = try files.delivery(Receipt.sample(), digest: abc)
    #expect(
      undigested.evidence(for: .all) == .missing("the receiver does not compute a SHA-256"))
  }
}
