/// The set to which the files of a run belong. The sender chooses both parts.
package struct SetReference: Hashable, Sendable {
  /// The maximum number of bytes of a name.
  package static let longestName = 255

  /// The id: 16 bytes that no other set of this client has.
  package let id: TransferID
  /// The name, made safe to show.
  package let name: String

  /// Creates a reference. The name is cut to `longestName` bytes.
  package init(id: TransferID, name: String) {
    self.id = id
    self.name = PeerText.cut(PeerText.sanitized(name), to: SetReference.longestName)
  }

  /// The value of the attribute of a greeting.
  var value: [UInt8] { id.bytes + Array(name.utf8) }

  /// Reads the attribute of a greeting. Returns nil if it is malformed.
  init?(value: [UInt8]) {
    guard let id = TransferID(bytes: value.prefix(TransferID.size)),
      let name = String(validating: value.dropFirst(TransferID.size), as: UTF8.self)
    else { return nil }
    self.init(id: id, name: name)
  }

  /// Appends a reference, or that there is none.
  static func encode(_ reference: SetReference?, into writer: inout WireWriter) {
    writer.write(reference != nil)
    guard let reference else { return }
    reference.encode(into: &writer)
  }

  /// Reads a reference, or that there is none.
  static func optional(from reader: inout WireReader) throws(WireError) -> SetReference? {
    try reader.bool() ? try SetReference(from: &reader) : nil
  }

  func encode(into writer: inout WireWriter) {
    id.encode(into: &writer)
    writer.write(name)
  }

  init(from reader: inout WireReader) throws(WireError) {
    self.init(id: try TransferID(from: &reader), name: try reader.string())
  }
}
