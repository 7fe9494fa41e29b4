import XferSystem

/// One set of the history, as the receiver returns it.
package struct SetEntry: Equatable, Sendable {
  /// A number of files with the sum of their sizes.
  package struct Count: Equatable, Sendable {
    /// The number of files of any kind.
    package var files: UInt64
    /// Bytes.
    package var bytes: UInt64

    /// Creates a count.
    package init(files: UInt64, bytes: UInt64) {
      self.files = files
      self.bytes = bytes
    }
  }

  /// Increases with each set.
  package let number: Int64
  /// The set.
  package let set: SetReference
  /// The client that sent it.
  package let client: Client
  /// The time of its first file.
  package let startedAt: Timestamp
  /// The time at which it was complete; nil if it is not.
  package let completedAt: Timestamp?
  /// The files that are delivered.
  package let delivered: Count
  /// The files that the sender announced; nil if it announced none.
  package let announced: Count?
  /// The digest of the manifest; nil if the set is not complete.
  package let digest: Digest?

  /// Creates an entry.
  package init(
    number: Int64, set: SetReference, client: Client, startedAt: Timestamp,
    completedAt: Timestamp?, delivered: Count, announced: Count?, digest: Digest?
  ) {
    self.number = number
    self.set = set
    self.client = client
    self.startedAt = startedAt
    self.completedAt = completedAt
    self.delivered = delivered
    self.announced = announced
    self.digest = digest
  }

  func encode(into writer: inout WireWriter) {
    writer.write(number)
    set.encode(into: &writer)
    client.encode(into: &writer)
    writer.write(startedAt.microseconds)
    writer.write(completedAt?.microseconds ?? .min)
    delivered.encode(into: &writer)
    writer.write(announced != nil)
    (announced ?? Count(files: 0, bytes: 0)).encode(into: &writer)
    writer.write(digest)
  }

  init(from reader: inout WireReader) throws(WireError) {
    number = try reader.int64()
    set = try SetReference(from: &reader)
    client = try Client(from: &reader)
    startedAt = Timestamp(microseconds: try reader.int64())
    let completed = try reader.int64()
    completedAt = completed == .min ? nil : Timestamp(microseconds: completed)
    delivered = try Count(from: &reader)
    let isAnnounced = try reader.bool()
    let count = try Count(from: &reader)
    announced = isAnnounced ? count : nil
    digest = try reader.optionalDigest()
  }
}

extension SetEntry.Count {
  fileprivate func encode(into writer: inout WireWriter) {
    writer.write(files)
    writer.write(bytes)
  }

  fileprivate init(from reader: inout WireReader) throws(WireError) {
    files = try reader.uint64()
    bytes = try reader.uint64()
  }
}
