import CLinux

/// Returns the CRC-32C (RFC 3720, appendix B.4) of `bytes`, the checksum of content on the wire.
///
/// `crc` is the checksum of the bytes before, or 0 at the beginning.
package func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
  guard let start = bytes.baseAddress else { return crc }
  return xfer_crc32c(crc, start, bytes.count)
}

/// Returns the CRC-32C of two consecutive ranges from the CRC-32C of each. `count` is the number of
/// bytes in the second range.
package func crc32cJoined(_ first: UInt32, with second: UInt32, count: Int) -> UInt32 {
  xfer_crc32c_join(first, second, count)
}
