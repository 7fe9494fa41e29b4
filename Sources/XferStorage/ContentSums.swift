import XferProtocol
import XferSystem

/// The CRC-32C of the content of a file, in steps: what arrived was right by them, and whoever reads the file
/// again can tell where it is not as it arrived.
struct ContentSums: Equatable, Sendable {
  /// A step has a MiB, and more where a file would have more steps than this.
  private static let leastStep: Int64 = 1 << 20
  private static let mostSteps: Int64 = 65_536

  /// Bytes; a power of two.
  let step: Int64
  /// Of each step that is whole.
  private(set) var whole: [UInt32]
  /// Of the bytes behind the last whole step.
  private(set) var last: UInt32
  /// Bytes that the sums cover.
  private(set) var length: Int64

  /// For a file of `size` bytes of which none has arrived.
  init(size: Int64) {
    var step = ContentSums.leastStep
    while step * ContentSums.mostSteps < size { step *= 2 }
    self.init(step: step, whole: [], last: 0, length: 0)
  }

  init(step: Int64, whole: [UInt32], last: UInt32, length: Int64) {
    self.step = step
    self.whole = whole
    self.last = last
    self.length = length
  }

  /// Adds content that comes next; `crc` is its CRC-32C.
  mutating func add(_ bytes: UnsafeRawBufferPointer, crc: UInt32) {
    let room = Int(step - length % step)
    guard bytes.count > room else { return add(crc, count: bytes.count) }
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

  /// The sums of the first `end` bytes, or of the whole steps of them where `end` lies within a step.
  func prefix(_ end: Int64) -> ContentSums {
    guard end < length else { return self }
    let count = Int(end / step)
    return ContentSums(
      step: step, whole: Array(whole[..<count]), last: 0, length: Int64(count) * step)
  }

  /// The sum of the step that begins at this offset, and its end; nil behind the last.
  func sum(at offset: Int64) -> (crc: UInt32, end: Int64)? {
    let index = Int(offset / step)
    if index < whole.count { return (whole[index], Int64(index + 1) * step) }
    return offset < length ? (last, length) : nil
  }
}
