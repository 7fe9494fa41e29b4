import XferProtocol
import XferSystem

/// One file of a run: where it lies, what it shall be called, and what became of it so far.
public final class FileToSend {
  public let path: String
  public let name: FileName
  /// The directory that was named, beneath which it lies; nil where the file itself was named.
  let source: SourceDirectory?
  /// Bytes, as last seen.
  public internal(set) var size: UInt64
  /// Where the id that follows from the file was used up: how it is delivered anew.
  private var anew: Anew?
  /// How often an id was used up because what it delivered was removed.
  var removals = 0
  /// How often the receiver had other content than this file.
  var differences = 0
  /// Bytes that the receiver had already when it accepted the file last.
  var resumedAt: UInt64 = 0
  /// Tries that ended with a checksum that was wrong or a file that changed.
  var failedTries = 0
  /// The end of what was ever sent of it, or was found at the receiver: only what goes beyond it
  /// is progress, however often the beginning is sent.
  private var furthest: UInt64 = 0
  /// An earlier connection of this run was lost after all of it was sent: it may have been delivered.
  var mayBeDelivered = false
  /// Not to be offered before this moment of the monotonic clock.
  var notBefore: Int64 = 0

  init(path: String, name: FileName, size: UInt64, in source: SourceDirectory? = nil) {
    self.path = path
    self.source = source
    self.name = name
    self.size = size
  }

  /// To be offered under this id, as long as it is what it was. `former` is the digest of what was delivered
  /// of it and removed.
  func deliverAnew(_ id: TransferID, as status: FileStatus, former: Digest? = nil) {
    anew = Anew(id: id, status: status, former: former)
  }

  /// The id under which to offer it, if it is not the one that follows from it. An id names one content: a
  /// file that has changed since has no use for it.
  func freshID(as status: FileStatus) -> TransferID? {
    if let anew, !anew.status.isSame(as: status) { self.anew = nil }
    return anew?.id
  }

  var isDeliveredAnew: Bool { anew != nil }
  var formerDigest: Digest? { anew?.former }

  /// Content up to `offset` is out; true where that is new.
  func reach(_ offset: UInt64) -> Bool {
    defer { furthest = max(furthest, offset) }
    return offset > furthest
  }
}

/// How a file is delivered whose own id was used up. A class, as few files have one.
private final class Anew {
  let id: TransferID
  /// The file of which that is true.
  let status: FileStatus
  let former: Digest?

  init(id: TransferID, status: FileStatus, former: Digest?) {
    self.id = id
    self.status = status
    self.former = former
  }
}
