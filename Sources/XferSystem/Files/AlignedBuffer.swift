import Glibc

/// A page-aligned buffer for content. It is allocated once and used for every block.
package final class AlignedBuffer {
  /// The memory of the buffer, valid as long as the buffer lives.
  package let bytes: UnsafeMutableRawBufferPointer

  /// Allocates `size` bytes. They are not initialized.
  package init(size: Int) {
    bytes = .allocate(byteCount: size, alignment: 4096)
  }

  deinit { bytes.deallocate() }
}

/// Releases the whole pages of `memory` to the kernel (madvise(2), MADV_DONTNEED). They read as
/// zeros afterwards. The parts that share a page with other memory are kept.
package func releasePages(of memory: UnsafeMutableRawBufferPointer) {
  guard let base = memory.baseAddress else { return }
  let page = 4096
  let start = (Int(bitPattern: base) + page - 1) & ~(page - 1)
  let end = (Int(bitPattern: base) + memory.count) & ~(page - 1)
  if end > start { madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_DONTNEED) }
}
