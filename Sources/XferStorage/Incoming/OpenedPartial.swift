import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A partial file that this process has opened and locked.
struct OpenedPartial {
  let file: FileDescriptor
  /// True if this process has created the file. No row can name it then.
  let isNew: Bool
  /// The length of the file in bytes.
  let length: Int64

  /// The refusal of a file with two names. It may be published already, see
  /// `Directory.renameWithoutReplacing`, and must not be written to. The recorder removes this name
  /// if no row needs it.
  private static let linked = Refusal(
    .unavailable, "the file has a second name at the receiver", retryAfter: 5)

  /// Opens or creates the file of a transfer. Returns nil if another process holds it.
  static func open(_ id: TransferID, in directory: Directory) throws -> OpenedPartial? {
    while true {
      if let created = try create(id, in: directory) { return created }
      switch try find(id, in: directory) {
      case .absent: continue  // it was published or removed in between
      case .held: return nil
      case .locked(let file, let status) where status.links < 2:
        return OpenedPartial(file, isNew: false, status: status)
      case .locked(let file, _):
        try? file.close()
        throw linked
      }
    }
  }

  private enum Found {
    case absent, held
    case locked(FileDescriptor, FileStatus)
  }

  private static func find(
    _ id: TransferID, in directory: Directory
  ) throws(SystemFailure) -> Found {
    do {
      return try directory.openLocked(id.description, O_RDWR).map(Found.locked) ?? .held
    } catch {
      if error.errno == .noSuchFileOrDirectory { return .absent }
      throw error
    }
  }

  private init(_ file: FileDescriptor, isNew: Bool, status: FileStatus) {
    self.file = file
    self.isNew = isNew
    length = status.size
  }

  /// Creates and locks the file. Returns nil if it exists, or if another process has locked the new
  /// file first.
  private static func create(
    _ id: TransferID, in directory: Directory
  ) throws(SystemFailure) -> OpenedPartial? {
    do {
      guard
        let (file, status) = try directory.openLocked(
          id.description, O_RDWR | O_CREAT | O_EXCL, mode: 0o666)
      else { return nil }
      return OpenedPartial(file, isNew: true, status: status)
    } catch  where error.errno == .fileExists {
      return nil
    }
  }
}
