import SystemPackage
import XferProtocol
import XferSystem

/// An open file that is being sent.
final class OutgoingFile {
  let descriptor: FileDescriptor
  /// The status of the file when it was offered.
  let status: FileStatus

  /// Opens the file that has this path now. It may be another inode than the listed one, because
  /// programs replace files by rename(2). It must be a regular file, and inside the directory that
  /// was given on the command line.
  init(_ file: FileToSend, in sources: SourceFiles) throws {
    descriptor = try sources.open(file)
    do {
      status = try descriptor.status()
      if !status.isRegular { throw Unsendable("it is not a regular file any more") }
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  deinit { try? descriptor.close() }

  var size: UInt64 { UInt64(status.size) }

  /// Reads a block. Throws if the file has changed since it was offered, so that a changing file is
  /// never delivered half old and half new. Also throws if there is content after the last block,
  /// because files in /proc have more content than their length.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws {
    let count = try descriptor.readAll(into: buffer, at: Int64(offset))
    let isLast = offset + UInt64(buffer.count) == size
    let isLonger = try isLast && hasContent(at: size)
    guard try isUnchanged() else { throw FileChanged() }
    if count < buffer.count || isLonger {
      throw Unsendable("its length is unknown: stat reports \(size) bytes, its content differs")
    }
  }

  private func hasContent(at offset: UInt64) throws -> Bool {
    try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
      try descriptor.readAll(into: $0, at: Int64(offset)) > 0
    }
  }

  /// Compares st_ctim as well, because programs can set st_mtim back (utimensat(2)).
  func isUnchanged() throws -> Bool { try descriptor.status().isSame(as: status) }
}

extension FileStatus {
  /// Returns true if size, times and inode show no write and no replacement.
  func isSame(as other: FileStatus) -> Bool {
    size == other.size && modified == other.modified && changed == other.changed
      && identity.inode == other.identity.inode
  }
}
