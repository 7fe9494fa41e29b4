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
  /// Where the id that follows from the file was used up: the one under which it is delivered anew.
  var freshID: TransferID?
  /// How often an id was used up because what it delivered was removed.
  var removals = 0
  /// How often the receiver had other content than this file.
  var differences = 0
  /// Of what was delivered of this file, unchanged, and removed since.
  var formerDigest: Digest?
  /// Bytes that the receiver had already when it accepted the file last.
  var resumedAt: UInt64 = 0
  /// Tries that ended with a checksum that was wrong or a file that changed.
  var failedTries = 0
  /// The end of what was ever sent of it, or was found at the receiver: only what goes beyond it
  /// is progress, however often the beginning is sent.
  private var furthest: UInt64 = 0
  /// Not to be offered before this moment of the monotonic clock.
  var notBefore: Int64 = 0

  init(path: String, name: FileName, size: UInt64, in source: SourceDirectory? = nil) {
    self.path = path
    self.source = source
    self.name = name
    self.size = size
  }

  /// Content up to `offset` is out; true where that is new.
  func reach(_ offset: UInt64) -> Bool {
    defer { furthest = max(furthest, offset) }
    return offset > furthest
  }
}
