import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A file in `incoming/` that this process has opened and locked.
struct OpenedPartial {
  let file: FileDescriptor
  /// This process has made it, so that no row can name it.
  let isNew: Bool
  let length: Int64
  let identity: FileIdentity

  /// A file with a second name may be published, see `Directory.renameWithoutReplacing`: it must not be written to.
  /// The recorder removes this name, where no row needs it.
  private static let linked = Refusal(
    .unavailable, "the file has a second name at the receiver", retryAfter: 5)

  /// Opens what is there of a transfer, or makes the file; nil where another process holds it.
  static func open(_ id: TransferID, in directory: Directory) throws -> OpenedPartial? {
    while true {
      if let made = try make(id, in: directory) { return made }
      switch try find(id, in: directory) {
      case .absent: continue  // it was published or removed in between
      case .held: return nil
      case .locked(let file, let status) where status.links < 2:
        return OpenedPartial(file, false, status)
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

  private init(_ file: FileDescriptor, _ isNew: Bool, _ status: FileStatus) {
    self.file = file
    self.isNew = isNew
    length = status.size
    identity = status.identity
  }

  /// Nil where it is there already, or where another process was quicker to lock the new one.
  private static func make(
    _ id: TransferID, in directory: Directory
  ) throws(SystemFailure) -> OpenedPartial? {
    do {
      guard
        let (file, status) = try directory.openLocked(
          id.description, O_RDWR | O_CREAT | O_EXCL, mode: 0o666)
      else { return nil }
      return OpenedPartial(file, true, status)
    } catch  where error.errno == .fileExists {
      return nil
    }
  }
}
