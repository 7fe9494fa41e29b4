import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import XferSystem

import struct SystemPackage.Errno
import struct SystemPackage.FileDescriptor
import struct SystemPackage.FilePath

/// Writes a file in blocks of 1 MiB on a thread of its own, as a session of xfer does. Its owner
/// uses it on one thread.
final class BlockWriter: @unchecked Sendable {
  private static let block = 1 << 20
  /// The number of blocks: one is filled, one is written, and one waits.
  private static let blocks = 3

  private let file: FileDescriptor
  private let thread = NIOThreadPool(numberOfThreads: 1)
  private var buffer = AlignedBuffer(size: BlockWriter.block)
  private var filled = 0
  private var offset: Int64 = 0
  /// The number of blocks that are not written yet. Both threads use it.
  private let waiting = NIOLockedValueBox(0)

  /// Creates the file. Throws if that is not possible.
  init(_ path: String, isDirect: Bool) throws {
    file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    if isDirect, !file.setDirect(true) { throw Errno.notSupported }
    thread.start()
  }

  /// True if no block is left to be filled.
  var isBehind: Bool { waiting.withLockedValue { $0 >= BlockWriter.blocks - 1 } }

  /// Takes content. `whenWritten` is called on the writing thread behind each block.
  func append(_ bytes: ByteBuffer, whenWritten: @escaping @Sendable () -> Void) {
    bytes.withUnsafeReadableBytes { content in
      var rest = content[...]
      while !rest.isEmpty {
        let part = rest.prefix(BlockWriter.block - filled)
        UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[filled...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        filled += part.count
        rest = rest.dropFirst(part.count)
        if filled == BlockWriter.block { write(whenWritten) }
      }
    }
  }

  /// Writes the rest and closes the file. `whenWritten` is called on the writing thread.
  func finish(whenWritten: @escaping @Sendable () -> Void) {
    if filled > 0 {
      let file = file
      // A part of a sector cannot be written directly.
      thread.submit { _ in _ = file.setDirect(false) }
      write {}
    }
    let file = file
    thread.submit { _ in
      try? file.close()
      whenWritten()
    }
  }

  private func write(_ whenWritten: @escaping @Sendable () -> Void) {
    nonisolated(unsafe) let full = buffer
    let (file, offset, count, waiting) = (file, offset, filled, waiting)
    waiting.withLockedValue { $0 += 1 }
    thread.submit { _ in
      do {
        try file.writeAll(UnsafeRawBufferPointer(rebasing: full.bytes[..<count]), at: offset)
      } catch {
        preconditionFailure("the pair could not write: \(error)")
      }
      waiting.withLockedValue { $0 -= 1 }
      whenWritten()
    }
    self.offset += Int64(count)
    (buffer, filled) = (AlignedBuffer(size: BlockWriter.block), 0)
  }
}
