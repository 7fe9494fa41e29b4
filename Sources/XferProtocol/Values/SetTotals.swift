/// The sums of a set: sender and receiver must come to the same ones.
package struct SetTotals: Equatable, Sendable {
  /// The number of regular files.
  package let files: UInt64
  /// The number of directories and links.
  package let others: UInt64
  /// The bytes of the regular files.
  package let bytes: UInt64
  /// The SHA-256 of the manifest: see `ManifestLine`.
  package let digest: Digest

  /// Creates sums.
  package init(files: UInt64, others: UInt64, bytes: UInt64, digest: Digest) {
    self.files = files
    self.others = others
    self.bytes = bytes
    self.digest = digest
  }

  func encode(into writer: inout WireWriter) {
    writer.write(files)
    writer.write(others)
    writer.write(bytes)
    writer.write(raw: digest.bytes)
  }

  init(from reader: inout WireReader) throws(WireError) {
    files = try reader.uint64()
    others = try reader.uint64()
    bytes = try reader.uint64()
    digest = try reader.digest()
  }
}
