import XferSystem

/// Compares content that is read in order with its sums.
struct SumCheck {
  private let sums: ContentSums
  private var crc: UInt32 = 0
  /// The offset at which the current step begins.
  private(set) var start: Int64 = 0

  init(_ sums: ContentSums) { self.sums = sums }

  /// Returns true if the sums cover the byte at this offset.
  func covers(_ offset: Int64) -> Bool { offset < sums.length }

  /// Returns the offset up to which to read from `start`, so that no read passes the end of the
  /// sums.
  func end(ofReadFrom start: Int64, to end: Int64) -> Int64 {
    start < sums.length ? min(end, sums.length) : end
  }

  /// Adds the next content. Throws if a step ends with it and differs from its sum.
  mutating func add(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DamagedContent) {
    guard let (sum, end) = sums.sum(at: start) else { return }
    crc = crc32c(bytes, continuing: crc)
    guard offset + Int64(bytes.count) == end else { return }
    guard crc == sum else { throw DamagedContent(goodUpTo: start) }
    (crc, start) = (0, end)
  }
}
