/// The progress of a receiver that reads a file's content again before it publishes the file.
public struct Progress: Equatable, Sendable {
  /// Bytes that were read.
  public let done: UInt64
  /// Bytes of the file.
  public let total: UInt64

  /// Both are in bytes.
  public init(done: UInt64, total: UInt64) {
    self.done = done
    self.total = total
  }

  func encode(into writer: inout WireWriter) {
    writer.write(done)
    writer.write(total)
  }

  init(from reader: inout WireReader) throws(WireError) {
    done = try reader.uint64()
    total = try reader.uint64()
  }
}
