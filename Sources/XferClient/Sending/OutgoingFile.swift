import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// An open file that is being sent, as it was when it was offered.
final class OutgoingFile {
  let descriptor: FileDescriptor
  let status: FileStatus
  private let path: String

  init(path: String) throws(SystemFailure) {
    self.path = path
    let raw = try retrying("open \"\(path)\"") { open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
    descriptor = FileDescriptor(rawValue: raw)
    do {
      status = try descriptor.status()
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  deinit { try? descriptor.close() }

  var size: UInt64 { UInt64(status.size) }

  func id(as name: FileName) -> TransferID {
    var resolved = [CChar](repeating: 0, count: Int(PATH_MAX))
    let full = realpath(path, &resolved).map { String(cString: $0) } ?? path
    return TransferID(of: status, path: full, name: name)
  }

  /// Reads a piece; throws where the file is no longer the one that was offered, so that a file
  /// which changes under the sender is never delivered half old and half new.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws {
    let count = try descriptor.readAll(into: buffer, at: Int64(offset))
    guard count == buffer.count, try isUnchanged() else { throw FileChanged() }
  }

  private func isUnchanged() throws -> Bool {
    let now = try descriptor.status()
    return now.size == status.size && now.modified == status.modified
  }
}

/// The file was written to while it was sent.
struct FileChanged: Error, CustomStringConvertible {
  var description: String { "the file changed while it was sent" }
}
