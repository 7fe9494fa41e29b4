import XferProtocol

/// A file in `incoming/` is not the one that was sealed, or not as it was: something else than this
/// receiver has worked there. It gets no name.
package struct BrokenSeal: Error, CustomStringConvertible, Sendable {
  let id: TransferID

  /// The message for the log, which names the file.
  package var description: String {
    "\"incoming/\(id)\" was changed or replaced after it was sealed; only xferd may write there"
  }

  static let refusal = Refusal(
    .corrupt,
    "the file was changed or replaced at the receiver before it had its name; send it again",
    retryAfter: 1)
}
