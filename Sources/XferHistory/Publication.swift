import XferProtocol
import XferSystem

/// The outcome of the publication of a recorded file.
package enum Publication: Sendable {
  /// The file has its name since the given time.
  case published(RecordedTransfer, at: Timestamp)
  /// The file could not be renamed into `files/`.
  case failed(RecordedTransfer, Refusal)
}
