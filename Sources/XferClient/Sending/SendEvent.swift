import XferProtocol

/// An event of a run.
package enum SendEvent {
  /// This many bytes of content of a file were sent; `isNew` is true if they had not been sent
  /// before.
  case sent(FileToSend, UInt64, isNew: Bool)
  /// The receiver already has the content before this offset.
  case resumed(FileToSend, at: UInt64)
  /// The receipt arrived.
  case delivered(FileToSend, Receipt, Evidence)
  /// The receipt is for other content than that of the local file, which is sent again under
  /// another id. `isFault` is false if the file may have changed without a trace since the
  /// delivery.
  case differs(FileToSend, Receipt, here: Digest, isFault: Bool)
  /// The receiver reads the content that it already has of a file.
  case working(FileToSend, Progress)
  /// Local files are read, to compare them with their receipts. The progress is that of all of
  /// them.
  case reading(FileToSend, Progress)
  /// The receiver refused the file; there is no retry.
  case refused(FileToSend, Refusal)
  /// The file was not sent; there is no retry.
  case failed(FileToSend, why: String)
  /// A directory was not offered, because the receiver is too old for directories.
  case omitted(FileToSend)
  /// The run ends with this many files left, and directories. A `failed` follows for each of them.
  case givenUp(why: String, files: Int)
  /// The set is complete.
  case completed(SetReceipt)
  /// The set is not complete, although each file has its receipt.
  case incomplete(why: String)
  /// The sender waits for so long before it retries.
  case waiting(why: String, pause: Duration)
  /// The receiver replied to the greeting.
  case connected
}
