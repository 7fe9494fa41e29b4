import XferProtocol
import XferSystem

/// One file of a run: its path, its name at the receiver, and its progress.
///
/// It is used by one thread at a time: the queue hands it to a conversation, and the conversation
/// hands it back, or reports its end.
package final class FileToSend: @unchecked Sendable {
  /// The kind of a file. Its other properties are read when it is offered.
  package enum Kind: UInt8, Sendable {
    case file, directory, link

    /// The word for programs, as in the history.
    package var word: String {
      switch self {
      case .file: "file"
      case .directory: "directory"
      case .link: "link"
      }
    }

    /// The word for people.
    package var noun: String {
      switch self {
      case .file: "file"
      case .directory: "directory"
      case .link: "symbolic link"
      }
    }
  }

  /// The kind of the file.
  package let kind: Kind
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
  /// The offset up to which this connection has sent content, or the receiver had it already.
  package internal(set) var position: UInt64 = 0
  /// The greatest offset that was ever sent, or found at the receiver. Only bytes beyond it are
  /// progress, even if the beginning is sent several times.
  private var furthest: UInt64 = 0
  /// True if an earlier connection of this run was lost after all content was sent. The file may
  /// have been delivered.
  var mayBeDelivered = false
  /// The time before which the file must not be offered.
  var notBefore = MonotonicTime.start
  /// The time at which the first byte of its content was sent, or the offer of an empty file.
  private var begin: MonotonicTime?
  /// The time at which its receipt arrived.
  private var end: MonotonicTime?
  /// The fate of the file here after its receipt arrived.
  package internal(set) var removal = Removal.notAsked

  init(
    path: String, name: FileName, size: UInt64, kind: Kind = .file,
    in source: SourceDirectory? = nil
  ) {
    self.path = path
    self.kind = kind
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

  /// True if a receiver of an earlier version of the protocol cannot take it.
  var needsVersion3: Bool { kind != .file || name.oddity != nil }

  /// The number of components of its name.
  var depth: Int { name.text.utf8.count { $0 == UInt8(ascii: "/") } + 1 }

  /// The time from the first byte of this file to its receipt, or to now if there is none yet. Nil
  /// if nothing of the file was sent.
  package var duration: Duration? { begin.map { (end ?? .now) - $0 } }

  /// Notes that the first byte of the file is sent now, or the offer of an empty file.
  func noteBegin() { begin = begin ?? .now }

  /// Notes that its receipt arrived.
  func noteEnd() { end = .now }

  /// Notes that content up to `offset` was sent. Returns true if that is further than ever before.
  func advance(to offset: UInt64) -> Bool {
    defer { (furthest, position) = (max(furthest, offset), offset) }
    return offset > furthest
  }
}

/// The fate of a file of the sender after its receipt arrived.
package enum Removal: Equatable, Sendable {
  /// Files are to be kept.
  case notAsked
  /// The file was removed.
  case removed
  /// The file was kept for this reason, although it was to be removed.
  case kept(String)
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
