/// Selects the receipts to compare with the digests of local files.
package enum Proof: Sendable {
  /// None, except for small files, which cost nothing to compare.
  case none
  /// Receipts for redeliveries: a file that looks unchanged is read.
  case repeated
  /// All receipts.
  case all
}

/// The result of comparing a receipt's digest with the local file.
package enum Evidence: Equatable, Sendable {
  /// No comparison was requested.
  case notAsked
  /// The local file has the same SHA-256.
  case same
  /// The comparison was not possible, for this reason.
  case missing(String)
}
