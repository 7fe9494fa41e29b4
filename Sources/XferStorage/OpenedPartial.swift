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

  /// Opens what is there of a transfer, or makes the file; nil where another process holds it.
  static func open(
    _ id: TransferID, in directory: Directory
  ) throws(SystemFailure) -> OpenedPartial? {
    while true {
      if let made = try make(id, in: directory) { return made }
      do {
        guard let (file, status) = try directory.openLocked(id.description, O_RDWR) else {
          return nil
        }
        // A file with a second name is published: see `Directory.renameWithoutReplacing`.
        if status.links < 2 { return OpenedPartial(file, false, status) }
        try? file.close()
        try directory.remove(id.description)
      } catch  where error.errno == .noSuchFileOrDirectory {
        continue  // it was published or removed in between
      }
    }
  }

  private init(_ file: FileDescriptor, _ isNew: Bool, _ status: FileStatus) {
    self.file = file
    self.isNew = isNew
    length = status.size
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
