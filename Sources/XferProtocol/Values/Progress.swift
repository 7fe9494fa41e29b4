/// The progress of a receiver that reads a file's content again before it publishes the file.
package struct Progress: Equatable, Sendable {
  /// Bytes that were read.
  package let done: UInt64
  /// Bytes of the file.
  package let total: UInt64

  /// Both are in bytes.
  package init(done: UInt64, total: UInt64) {
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
