import XferProtocol
import XferSystem

/// Reads local files to compare them with their receipts, and reports its progress.
final class LocalReader {
  private static let block = 1 << 20
  /// Bytes between two progress events.
  private static let step: UInt64 = 64 << 20

  private let report: (SendEvent) -> Void
  private let total: UInt64
  private var done: UInt64 = 0
  private var reported: UInt64 = 0
  private let sources = SourceFiles()
  private let buffer = AlignedBuffer(size: block)

  init(_ deliveries: [Delivery], report: @escaping (SendEvent) -> Void) {
    self.report = report
    total = deliveries.reduce(0) { $0.adding(UInt64($1.status.size)) }
  }

  /// Throws if the file cannot be read, or has changed since it was offered.
  func digest(of delivery: Delivery) throws -> Digest? {
    let file = try OutgoingFile(delivery.file, in: sources)
    guard file.status.isSame(as: delivery.status) else { throw FileChanged() }
    let digest = RunningDigest()
    var offset: UInt64 = 0
    while offset < file.size {
      let count = Int(min(UInt64(LocalReader.block), file.size - offset))
      let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(count))
      try file.read(into: bytes, at: offset)
      digest.add(UnsafeRawBufferPointer(bytes), at: offset)
      offset += UInt64(count)
      advance(by: UInt64(count), of: delivery.file)
    }
    return digest.digest(of: file.size)
  }

  private func advance(by count: UInt64, of file: FileToSend) {
    done = done.adding(count)
    guard done - reported >= LocalReader.step else { return }
    reported = done
    report(.reading(file, Progress(done: done, total: total)))
  }
}
