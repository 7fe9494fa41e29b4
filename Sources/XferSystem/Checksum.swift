import CLinux

/// CRC-32C (RFC 3720, appendix B.4), the check on content as it crosses the wire.
public func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
  guard let start = bytes.baseAddress else { return crc }
  return xfer_crc32c(crc, start, bytes.count)
}

/// The CRC-32C of two ranges, one behind the other, from that of each; `count` is the second one's length.
public func crc32cJoined(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
  xfer_crc32c_join(first, second, count)
}
