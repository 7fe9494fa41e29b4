import XferProtocol
import XferSystem

/// An offer without a reply.
struct OpenOffer {
  let file: FileToSend
  let id: TransferID
  /// The status of the file when it was offered.
  let status: FileStatus
  /// The kind of the file, with the target of a link.
  var kind = FileAttributes.Kind.file
  /// The open file; nil for a small file, which was sent with its offer, and for a directory or a
  /// link.
  var content: OutgoingFile?
  /// The number of bytes that were sent, or that the receiver had already.
  var offset: UInt64 = 0
  /// The digest of the content that was sent; nil if none is computed.
  var digest: RunningDigest?

  /// True if the receiver may have all content.
  var isSent: Bool { content.map { offset >= $0.size } ?? true }
}
