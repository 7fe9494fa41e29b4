import Glibc
import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// Writes the content of one file, in order.
///
/// Full blocks bypass the page cache if the file system supports that, because received content is
/// rarely read again soon. It saves a copy and the search for memory, and the disk works from the
/// first block on and not only at the sync. A shorter block and all that follow it go through the
/// cache, because a disk is slow if it is written to in small blocks and each is waited for.
final class ContentWriter: @unchecked Sendable {
  /// The number of bytes after which cached content is sent to the disk behind the writer. The sync
  /// at the end of a large file then has little left to do.
  private static let writebackStep: Int64 = 8 << 20

  private let file: FileDescriptor
  private let options: ContentOptions
  /// The offset up to which the file is written.
  private(set) var written: Int64
  private var writtenBack: Int64
  /// The throughput of direct writes; nil if content goes through the cache.
  private var throughput: DirectWriteThroughput?
  private let firstFailure = Mutex<(any Error)?>(nil)

  /// Opens the file for direct writes if `throughput` is given and is not slow.
  init(
    _ file: FileDescriptor, from offset: Int64, options: ContentOptions,
    measuring throughput: DirectWriteThroughput? = nil
  ) {
    self.file = file
    self.options = options
    written = offset
    writtenBack = offset
    guard let throughput, !throughput.isSlow, file.setDirect(true) else { return }
    self.throughput = throughput
  }

  /// The error of an earlier write; nil if there was none. After an error nothing more is written.
  var failure: (any Error)? { firstFailure.withLock { $0 } }

  /// Writes one block behind the last one. Throws the error of an earlier write if there was one.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let failure { throw failure }
    do {
      if let throughput, try writeDirectly(bytes, measuring: throughput) { return }
      try writeThroughCache(bytes)
    } catch {
      firstFailure.withLock { $0 = error }
      throw error
    }
  }

  /// Returns false if this block and all that follow must go through the cache.
  private func writeDirectly(
    _ bytes: UnsafeRawBufferPointer, measuring throughput: DirectWriteThroughput
  ) throws -> Bool {
    let start = monotonicNanoseconds()
    guard bytes.count == WireLimits.content, !throughput.isSlow, try tryDirectWrite(bytes) else {
      stopDirectWrites()
      return false
    }
    written += Int64(bytes.count)
    writtenBack = written
    throughput.record(bytes: bytes.count, nanoseconds: monotonicNanoseconds() - start)
    return true
  }

  /// Returns false if the file system does not support a direct write of these bytes at this offset
  /// (open(2), O_DIRECT). A part of them may be written then, and is written again.
  private func tryDirectWrite(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Bool {
    do {
      try file.writeAll(bytes, at: written)
      return true
    } catch {
      switch error.errno {
      case .invalidArgument, .notSupported, .init(rawValue: EOPNOTSUPP): return false
      default: throw error
      }
    }
  }

  private func stopDirectWrites() {
    throughput = nil
    _ = file.setDirect(false)
  }

  private func writeThroughCache(_ bytes: UnsafeRawBufferPointer) throws {
    try file.writeAll(bytes, at: written)
    written += Int64(bytes.count)
    guard options.writesBack, written - writtenBack >= ContentWriter.writebackStep else { return }
    startWriteback()
  }

  /// Starts the write-back of the rest of a file that the recorder syncs soon. Does nothing for a
  /// small rest, which is not worth the system call.
  func startLastWriteback() {
    guard options.writesBack, written - writtenBack > WireLimits.content else { return }
    startWriteback()
  }

  private func startWriteback() {
    file.startWriteback(at: writtenBack, count: Int(written - writtenBack))
    writtenBack = written
  }
}
