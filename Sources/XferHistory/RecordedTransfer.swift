import XferProtocol
import XferSystem

/// A recorded row, which waits for its file to be published.
package struct RecordedTransfer: Sendable {
  /// The id of the row.
  package let row: Int64
  /// The transfer that the row describes.
  package let transfer: SealedTransfer
  /// The identity of the file, which is in `incoming/` or already under its name; nil if an earlier
  /// version recorded the row.
  package let file: FileIdentity?
  /// The durability with which the row was recorded.
  package let durability: Durability

  /// Creates a recorded transfer, as a row describes it.
  package init(
    row: Int64, transfer: SealedTransfer, file: FileIdentity?, durability: Durability
  ) {
    self.row = row
    self.transfer = transfer
    self.file = file
    self.durability = durability
  }
}
