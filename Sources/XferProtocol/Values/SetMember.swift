/// A file of a set: delivered, or missing.
package struct SetMember: Equatable, Sendable {
  /// The name of the file at the receiver.
  package let name: FileName
  /// The kind of the file.
  package let kind: FileAttributes.Kind
  /// Bytes.
  package let size: UInt64
  /// The digest of its content; nil if it is missing or the receiver computes none.
  package let digest: Digest?
  /// The reason for which it is missing, as a sentence; nil if it is delivered.
  package let missing: String?

  /// Creates a member.
  package init(
    name: FileName, kind: FileAttributes.Kind, size: UInt64, digest: Digest?, missing: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.size = size
    self.digest = digest
    self.missing = missing
  }

  /// The line of the manifest for a delivered file.
  package var line: ManifestLine { ManifestLine(name: name, kind: kind, digest: digest) }

  func encode(into writer: inout WireWriter) {
    writer.write(name)
    writer.write(size)
    writer.write(digest)
    writer.write(missing != nil)
    writer.write(missing ?? "")
    var attributes = WireAttributes()
    FileAttributes(kind: kind).write(to: &attributes)
    attributes.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    name = try reader.fileName()
    size = try reader.uint64()
    digest = try reader.optionalDigest()
    let isMissing = try reader.bool()
    let why = try reader.peerText()
    missing = isMissing ? why : nil
    do {
      kind = try FileAttributes(try WireAttributes(from: &reader)).kind
    } catch {
      throw error as? WireError ?? WireError("invalid kind of a file")
    }
  }
}
