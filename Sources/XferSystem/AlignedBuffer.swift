import Glibc

/// A page-aligned buffer for content, allocated once and used for every block.
public final class AlignedBuffer {
  public let bytes: UnsafeMutableRawBufferPointer

  public init(size: Int) {
    bytes = .allocate(byteCount: size, alignment: 4096)
  }

  deinit { bytes.deallocate() }
}
