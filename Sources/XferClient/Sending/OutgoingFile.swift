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

  func id(as name: FileName, _ directories: ResolvedDirectories) -> TransferID {
    let path = FilePath(path)
    let directory = directories.resolve(path.removingLastComponent().string)
    let own = path.lastComponent?.string ?? ""
    return TransferID(of: status, path: "\(directory)/\(own)", name: name)
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

/// Where directories are, whatever path led there. The last one is kept: the files of one come in a row.
final class ResolvedDirectories {
  private var last: (path: String, resolved: String)?

  func resolve(_ path: String) -> String {
    if let last, last.path == path { return last.resolved }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let found = realpath(path.isEmpty ? "." : path, &buffer).map { String(cString: $0) } ?? path
    last = (path, found)
    return found
  }
}

/// The file was written to while it was sent.
struct FileChanged: Error, CustomStringConvertible {
  var description: String { "the file changed while it was sent" }
}
