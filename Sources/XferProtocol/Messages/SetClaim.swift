/// The sender's message that it has a receipt for each file of its set. The receiver compares the
/// sums with its own.
package struct SetClaim: Equatable, Sendable {
  /// Identifies the claim within this connection; never 0, and no tag of an offer.
  package let tag: UInt32
  /// The sums of the sender.
  package let totals: SetTotals

  /// Creates a claim.
  package init(tag: UInt32, totals: SetTotals) {
    self.tag = tag
    self.totals = totals
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    totals.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    guard tag != 0 else { throw WireError("invalid claim: its tag is 0") }
    totals = try SetTotals(from: &reader)
  }
}
