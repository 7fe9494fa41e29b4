import Glibc

/// A page-aligned buffer for content, allocated once and used for every block.
public final class AlignedBuffer {
  public let bytes: UnsafeMutableRawBufferPointer

  public init(size: Int) {
    bytes = .allocate(byteCount: size, alignment: 4096)
  }

  deinit { bytes.deallocate() }
}

/// Gives the pages of memory that is not in use back to the kernel; it reads as zeros afterwards (madvise(2),
/// MADV_DONTNEED). What shares a page with other memory stays.
public func releasePages(of memory: UnsafeMutableRawBufferPointer) {
  guard let base = memory.baseAddress else { return }
  let page = 4096
  let start = (Int(bitPattern: base) + page - 1) & ~(page - 1)
  let end = (Int(bitPattern: base) + memory.count) & ~(page - 1)
  if end > start { madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_DONTNEED) }
}
