import Glibc
import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// Writes the content of one file, in order.
///
/// Whole blocks go around the page cache where the file system lets them, as content of a receiver is
/// rarely read again soon: a copy less, no memory to be found for it, and a disk that works from the
/// first block on instead of at the sync. Shorter pieces go through the cache from the first one on:
/// a disk that is written to in small pieces, each waited for, is slow.
final class ContentWriter: @unchecked Sendable {
  /// What is in the cache is written back to the disk behind the writer in steps of this many bytes,
  /// so that the sync at the end of a large file has little left to do.
  private static let writebackStep: Int64 = 8 << 20

  private let file: FileDescriptor
  private let care: ContentCare
  private(set) var written: Int64
  private var writtenBack: Int64
  /// Of the disk, where it is written to directly; nil where content goes through the cache.
  private var directPace: DiskPace?
  private let trouble = Mutex<(any Error)?>(nil)

  /// Writes directly where a `pace` is given.
  init(
    _ file: FileDescriptor, from offset: Int64, _ care: ContentCare, directAt pace: DiskPace? = nil
  ) {
    self.file = file
    self.care = care
    written = offset
    writtenBack = offset
    guard let pace, !pace.isSlow, file.setDirect(true) else { return }
    directPace = pace
  }

  /// What an earlier write threw: nothing is written any more.
  var failure: (any Error)? { trouble.withLock { $0 } }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let failure { throw failure }
    do {
      if let directPace, try writeDirectly(bytes, directPace) { return }
      try writeThroughCache(bytes)
    } catch {
      trouble.withLock { $0 = error }
      throw error
    }
  }

  /// False where it must go through the cache, as all that follows.
  private func writeDirectly(
    _ bytes: UnsafeRawBufferPointer, _ pace: DiskPace
  ) throws -> Bool {
    let start = monotonicNanoseconds()
    guard bytes.count == WireLimits.content, !pace.isSlow, try takesDirectly(bytes) else {
      leaveDirect()
      return false
    }
    written += Int64(bytes.count)
    writtenBack = written
    pace.took(monotonicNanoseconds() - start, bytes.count)
    return true
  }

  /// Writes; false where the file system takes no such bytes directly, at this place or at all
  /// (open(2), O_DIRECT). Part of them may be written then, and is written again.
  private func takesDirectly(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Bool {
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

  private func leaveDirect() {
    directPace = nil
    _ = file.setDirect(false)
  }

  private func writeThroughCache(_ bytes: UnsafeRawBufferPointer) throws {
    try file.writeAll(bytes, at: written)
    written += Int64(bytes.count)
    guard care.writesBack, written - writtenBack >= ContentWriter.writebackStep else { return }
    startWriteback()
  }

  /// What somebody else syncs soon is on its way to the disk meanwhile; small files are not worth the call.
  func startLastWriteback() {
    guard care.writesBack, written - writtenBack > WireLimits.content else { return }
    startWriteback()
  }

  private func startWriteback() {
    file.startWriteback(at: writtenBack, count: Int(written - writtenBack))
    writtenBack = written
  }
}
