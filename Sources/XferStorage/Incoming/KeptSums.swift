import XferProtocol
import XferSystem

/// The sums of an incoming file. They are saved in its sums file from time to time, so that the
/// file can be resumed if the session is killed.
struct KeptSums {
  /// The number of bytes after which sums are written. A session that is killed loses no more.
  private static let unsavedLimit: Int64 = 8 << 20
  /// The time after which sums are written. It bounds the loss if the sender is slow.
  private static let unsavedTime = Duration.seconds(2)

  private let id: TransferID
  private let size: Int64
  private let directory: Directory
  private let owner: String
  /// False if the file is not kept: then nothing is saved.
  let isKept: Bool
  private var sums: ContentSums
  private var file: SumsFile?
  private var savedLength: Int64
  private var savedAt = MonotonicTime.now

  /// `owner` is the key of the client to which the partial file belongs, `sums` are those that were
  /// found.
  init(
    _ sums: ContentSums, of id: TransferID, size: Int64, in directory: Directory, owner: String,
    isKept: Bool
  ) {
    (self.id, self.size, self.directory) = (id, size, directory)
    self.owner = owner
    self.isKept = isKept
    self.sums = sums
    savedLength = sums.length
  }

  /// The number of bytes that the sums cover.
  var length: Int64 { sums.length }

  /// Adds the content that comes next and has the CRC-32C `crc`.
  mutating func add(_ bytes: UnsafeRawBufferPointer, crc: UInt32) { sums.add(bytes, crc: crc) }

  /// Writes the sums file if enough bytes were added, or enough time has passed.
  mutating func saveIfDue() {
    guard isKept else { return }
    if sums.length - savedLength >= KeptSums.unsavedLimit
      || savedAt.elapsed >= KeptSums.unsavedTime
    {
      save()
    }
  }

  /// Writes the sums file. Errors are ignored, because the only loss is that content without sums
  /// is sent again.
  mutating func save() {
    guard isKept, sums.length > savedLength else { return }
    savedAt = .now
    do {
      var file = try self.file ?? SumsFile(id, in: directory)
      defer { self.file = file }
      try file.write(sums, size: size, owner: owner)
      savedLength = sums.length
    } catch {
      close()
    }
  }

  /// Removes the sums of content behind `end`, and of the step that `end` divides.
  mutating func truncate(to end: Int64) { sums = sums.prefix(end) }

  /// Removes the sums file, because content that it covers is invalid.
  mutating func removeFile() {
    close()
    SumsFile.remove(id, in: directory)
    savedLength = 0
  }

  mutating func close() {
    file?.close()
    file = nil
  }
}
