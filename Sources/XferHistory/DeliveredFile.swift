import XferProtocol

/// A delivered file, as its row describes it.
package struct DeliveredFile: Equatable, Sendable {
  /// The receipt that its sender got.
  package var receipt: Receipt
  /// Its kind, and the properties that it got.
  package let properties: FileAttributes

  /// Creates the description of a delivered file.
  package init(receipt: Receipt, properties: FileAttributes) {
    self.receipt = receipt
    self.properties = properties
  }
}
