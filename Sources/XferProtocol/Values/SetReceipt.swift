import XferSystem

/// The receiver's promise that a set is complete: each of its files has a receipt, and the history
/// has them all.
package struct SetReceipt: Equatable, Sendable {
  /// The set.
  package let set: SetReference
  /// Its sums.
  package let totals: SetTotals
  /// The time of its first file, by the receiver's clock.
  package let startedAt: Timestamp
  /// The time at which it was complete, by the receiver's clock.
  package let completedAt: Timestamp
  /// The promise for a power loss.
  package let durability: Durability

  /// Creates a receipt.
  package init(
    set: SetReference, totals: SetTotals, startedAt: Timestamp, completedAt: Timestamp,
    durability: Durability
  ) {
    self.set = set
    self.totals = totals
    self.startedAt = startedAt
    self.completedAt = completedAt
    self.durability = durability
  }

  func encode(into writer: inout WireWriter) {
    set.encode(into: &writer)
    totals.encode(into: &writer)
    writer.write(startedAt.microseconds)
    writer.write(completedAt.microseconds)
    writer.write(durability.rawValue)
  }

  init(from reader: inout WireReader) throws(WireError) {
    set = try SetReference(from: &reader)
    totals = try SetTotals(from: &reader)
    startedAt = Timestamp(microseconds: try reader.int64())
    completedAt = Timestamp(microseconds: try reader.int64())
    durability = Durability(rawValue: try reader.uint8()) ?? .lazy
  }
}
