import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// An open file that is being sent, as it was when it was offered.
final class OutgoingFile {
  let descriptor: FileDescriptor
  let status: FileStatus

  /// Opens what has the file's name now. It need not be the inode that was listed: programs replace files
  /// by renaming new ones over them, and a listing made now would name that one. It is beneath the
  /// directory that was named, and regular; a listing tells no more.
  init(_ file: FileToSend, _ sources: Sources) throws {
    descriptor = try sources.open(file)
    do {
      status = try descriptor.status()
      if !status.isRegular { throw Unsendable("it is no regular file any more") }
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  deinit { try? descriptor.close() }

  var size: UInt64 { UInt64(status.size) }

  /// Reads a piece; throws where the file is no longer the one that was offered, so that a file
  /// which changes under the sender is never delivered half old and half new. The last piece must be
  /// followed by nothing: files of /proc and the like have content beyond their length.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws {
    let count = try descriptor.readAll(into: buffer, at: Int64(offset))
    let isLast = offset + UInt64(buffer.count) == size
    let isLonger = try isLast && hasContent(at: size)
    guard try isUnchanged() else { throw FileChanged() }
    if count < buffer.count || isLonger {
      throw Unsendable("its length is not known: it says \(size) bytes, and has more or less")
    }
  }

  private func hasContent(at offset: UInt64) throws -> Bool {
    try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
      try descriptor.readAll(into: $0, at: Int64(offset)) > 0
    }
  }

  /// The time of inode change as well: a program may set that of content back (utimensat(2)).
  func isUnchanged() throws -> Bool { try descriptor.status().isSame(as: status) }
}

extension FileStatus {
  /// Whether nothing tells that it was written to or replaced.
  func isSame(as other: FileStatus) -> Bool {
    size == other.size && modified == other.modified && changed == other.changed
      && identity.inode == other.identity.inode
  }
}

/// Where files are, whatever path led there. The last directory is kept: the files of one come in a row.
final class ResolvedDirectories {
  private var last: (path: String, resolved: String)?

  func path(of file: FileToSend) -> String {
    if let source = file.source { return source.resolved + "/" + source.below(file.path) }
    let path = FilePath(file.path)
    return directory(path.removingLastComponent().string) + "/" + (path.lastComponent?.string ?? "")
  }

  private func directory(_ path: String) -> String {
    if let last, last.path == path { return last.resolved }
    let found = ResolvedDirectories.resolve(path)
    last = (path, found)
    return found
  }

  /// Without a slash at its end, and so empty for the root.
  static func resolve(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let found = realpath(path.isEmpty ? "." : path, &buffer).map { String(cString: $0) } ?? path
    return found == "/" ? "" : found
  }
}

/// The file was written to while it was sent.
struct FileChanged: Error, CustomStringConvertible {
  var description: String { "the file changed while it was sent" }
}
