/// How far the receiver is with a file whose content it reads again before it publishes it.
public struct Progress: Equatable, Sendable {
  /// Bytes that were read again.
  public let done: UInt64
  /// Bytes of the file.
  public let total: UInt64

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
