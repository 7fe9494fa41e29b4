import XferProtocol
import XferSystem

/// The CRC-32C sums of the content of a file, one for each step.
///
/// They are made from verified content when it is received. A later reader of the file finds with
/// them the steps that have changed since.
struct ContentSums: Equatable, Sendable {
  /// The bytes of a step, 1 MiB. A step is longer if the file would have more than `mostSteps`
  /// steps.
  private static let leastStep: Int64 = 1 << 20
  private static let mostSteps: Int64 = 65_536

  /// The bytes of a step, a power of two.
  let step: Int64
  /// The sums of the whole steps.
  private(set) var whole: [UInt32]
  /// The sum of the bytes behind the last whole step.
  private(set) var last: UInt32
  /// The number of bytes that the sums cover.
  private(set) var length: Int64

  /// Creates sums for a file of `size` bytes of which none is received.
  init(size: Int64) {
    var step = ContentSums.leastStep
    // Not a product, which overflows for the largest sizes.
    while (size - 1) / ContentSums.mostSteps >= step { step *= 2 }
    self.init(step: step, whole: [], last: 0, length: 0)
  }

  init(step: Int64, whole: [UInt32], last: UInt32, length: Int64) {
    self.step = step
    self.whole = whole
    self.last = last
    self.length = length
  }

  /// Adds the next content; `crc` is its CRC-32C.
  mutating func add(_ bytes: UnsafeRawBufferPointer, crc: UInt32) {
    let left = Int(step - length % step)
    guard bytes.count > left else { return add(crc, count: bytes.count) }
    var rest = bytes
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(step - length % step)))
      add(crc32c(part), count: part.count)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
    }
  }

  private mutating func add(_ crc: UInt32, count: Int) {
    last = length % step == 0 ? crc : crc32cJoined(last, with: crc, count: count)
    length += Int64(count)
    guard length % step == 0 else { return }
    whole.append(last)
    last = 0
  }

  /// Returns the sums of the first `end` bytes, without a step that `end` cuts.
  func prefix(_ end: Int64) -> ContentSums {
    guard end < length else { return self }
    let count = Int(end / step)
    return ContentSums(
      step: step, whole: Array(whole[..<count]), last: 0, length: Int64(count) * step)
  }

  /// Returns the sum and the end of the step that begins at this offset; nil behind the last step.
  func sum(at offset: Int64) -> (crc: UInt32, end: Int64)? {
    let index = Int(offset / step)
    if index < whole.count { return (whole[index], Int64(index + 1) * step) }
    return offset < length ? (last, length) : nil
  }
}
