import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// Writes the content of one file, from its beginning to its end.
///
/// What is longer than a block goes around the page cache where the file system lets it, as content of a receiver
/// is rarely read again soon: a copy less, no memory to be found for it, and a disk that works from the first
/// block on instead of at the sync. Measured on ext4: 1.5 GB/s, where the cache and its sync at the end took 0.5.
final class ContentWriter: @unchecked Sendable {
  /// Content in the cache is written back to the disk behind the writer in steps of this many bytes, so that
  /// the sync at the end of a large file has little left to do.
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
    guard let pace, care.writesBack || !pace.isSlow, file.setDirect(true) else { return }
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

  /// False where it must go through the cache: as what is left at the end of a file is no whole sector.
  private func writeDirectly(
    _ bytes: UnsafeRawBufferPointer, _ pace: DiskPace
  ) throws -> Bool {
    let start = monotonicNanoseconds()
    guard try fitsDirectly(bytes) else { return leaveDirect() }
    written += Int64(bytes.count)
    writtenBack = written
    pace.took(monotonicNanoseconds() - start, bytes.count)
    // Who waits for no sync has not to wait for the disk either, where memory is faster.
    if !care.writesBack, pace.isSlow { _ = leaveDirect() }
    return true
  }

  /// Writes; false where the file system takes no such bytes directly (open(2), O_DIRECT): each has its own
  /// alignment.
  private func fitsDirectly(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Bool {
    do {
      try file.writeAll(bytes, at: written)
      return true
    } catch {
      if error.errno == .invalidArgument { return false }
      throw error
    }
  }

  private func leaveDirect() -> Bool {
    directPace = nil
    _ = file.setDirect(false)
    return false
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
