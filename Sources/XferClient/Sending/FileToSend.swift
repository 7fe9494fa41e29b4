import XferProtocol
import XferSystem

/// One file of a run: its path, its name at the receiver, and its progress.
package final class FileToSend {
  /// The local path.
  package let path: String
  /// The name at the receiver.
  package let name: FileName
  /// The directory on the command line that contains the file; nil if the file itself was given.
  let source: SourceDirectory?
  /// Bytes, as of the last time that the file was opened or listed.
  package internal(set) var size: UInt64
  /// Set if the id that follows from the file cannot be used again.
  private var replacement: ReplacementID?
  /// The number of times that an id was used up because its delivery had been removed.
  var removals = 0
  /// The number of receipts for other content than that of this file.
  package internal(set) var differences = 0
  /// Bytes that the receiver already had when it accepted the file for the last time.
  package internal(set) var resumedAt: UInt64 = 0
  /// The number of attempts that failed because of a checksum mismatch or a change of the file.
  var failedTries = 0
  /// The greatest offset that was ever sent, or found at the receiver. Only bytes beyond it are
  /// progress, even if the beginning is sent several times.
  private var furthest: UInt64 = 0
  /// True if an earlier connection of this run was lost after all content was sent. The file may
  /// have been delivered.
  var mayBeDelivered = false
  /// The time before which the file must not be offered.
  var notBefore = MonotonicTime.start

  init(path: String, name: FileName, size: UInt64, in source: SourceDirectory? = nil) {
    self.path = path
    self.source = source
    self.name = name
    self.size = size
  }

  /// Makes the next offer use `id`, if the file still has this status then. `former` is the digest
  /// of an earlier delivery that was removed.
  func replaceID(with id: TransferID, as status: FileStatus, former: Digest? = nil) {
    replacement = ReplacementID(id: id, status: status, former: former)
  }

  /// Returns the replacement id; nil if the id that follows from the file is to be used. An id
  /// stands for one content, so a change of the file drops the replacement.
  func replacementID(as status: FileStatus) -> TransferID? {
    if let replacement, !replacement.status.isSame(as: status) { self.replacement = nil }
    return replacement?.id
  }

  var hasReplacementID: Bool { replacement != nil }
  var formerDigest: Digest? { replacement?.former }

  /// Notes that content up to `offset` was sent. Returns true if that is further than ever before.
  func advance(to offset: UInt64) -> Bool {
    defer { furthest = max(furthest, offset) }
    return offset > furthest
  }
}

/// An id to use instead of the one that follows from the file. A class, because few files have one
/// and a reference takes less space in the others.
private final class ReplacementID {
  let id: TransferID
  /// The file status for which the id is valid.
  let status: FileStatus
  let former: Digest?

  init(id: TransferID, status: FileStatus, former: Digest?) {
    self.id = id
    self.status = status
    self.former = former
  }
}
