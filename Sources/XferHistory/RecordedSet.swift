import XferProtocol

/// A set, as the recorder knows it.
package struct RecordedSet: Equatable, Sendable {
  /// The number of the set in the history.
  package let number: Int64
  /// The receipt; nil if the set is not complete.
  package let receipt: SetReceipt?

  /// Creates a set.
  package init(number: Int64, receipt: SetReceipt?) {
    self.number = number
    self.receipt = receipt
  }
}

/// A file that was delivered before, and that belongs to a later set, too.
package struct SetMembership: Equatable, Sendable {
  /// The set.
  package let set: SetReference
  /// The client of the set and of the file.
  package let client: Client
  /// The id of the delivered transfer.
  package let id: TransferID

  /// Creates a membership.
  package init(set: SetReference, client: Client, id: TransferID) {
    self.set = set
    self.client = client
    self.id = id
  }
}
