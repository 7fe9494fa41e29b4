import XferProtocol
import XferSystem

/// Reads files whose receipts have come, to compare them; tells how far it is.
final class Reading {
  private static let piece = 1 << 20
  /// Bytes between two events.
  private static let step: UInt64 = 64 << 20

  private let tell: (SendEvent) -> Void
  private let total: UInt64
  private var done: UInt64 = 0
  private var told: UInt64 = 0
  private let sources = Sources()
  private let buffer = AlignedBuffer(size: piece)

  init(_ deliveries: [Delivery], tell: @escaping (SendEvent) -> Void) {
    self.tell = tell
    total = deliveries.reduce(0) { $0.adding(UInt64($1.status.size)) }
  }

  /// Throws where it cannot be read, or is not as it was when it was offered.
  func digest(of delivery: Delivery) throws -> Digest? {
    let file = try OutgoingFile(delivery.file, sources)
    guard file.status.isSame(as: delivery.status) else { throw FileChanged() }
    let digest = PassingDigest()
    var offset: UInt64 = 0
    while offset < file.size {
      let count = Int(min(UInt64(Reading.piece), file.size - offset))
      let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(count))
      try file.read(into: bytes, at: offset)
      digest.add(UnsafeRawBufferPointer(bytes), at: offset)
      offset += UInt64(count)
      note(UInt64(count), of: delivery.file)
    }
    return digest.digest(of: file.size)
  }

  private func note(_ count: UInt64, of file: FileToSend) {
    done = done.adding(count)
    guard done - told >= Reading.step else { return }
    told = done
    tell(.reading(file, Progress(done: done, total: total)))
  }
}
