/// The header of the classic protocol: `char filename[256]`, NUL-terminated, then `int32` size in
/// little-endian order. The replies are the two letters `ok` or `no`.
package enum ClassicHeader {
  /// Bytes.
  package static let size = 260
  private static let nameField = 256

  /// The positive reply.
  package static let ok: [UInt8] = Array("ok".utf8)
  /// The negative reply.
  package static let no: [UInt8] = Array("no".utf8)

  /// Returns the name for the history, valid or not, made safe to show.
  package static func printableName(_ header: [UInt8]) -> String {
    FileName.printable(Array(header.prefix(nameField).prefix { $0 != 0 }))
  }

  /// Returns the size field, which may be negative.
  package static func announcedSize(_ header: [UInt8]) -> Int32 {
    header.dropFirst(nameField).prefix(4).reversed().reduce(0) { $0 << 8 | Int32($1) }
  }

  /// Returns the name and the size in bytes. Throws if either is invalid.
  package static func parse(_ header: [UInt8]) throws(Refusal) -> (name: FileName, size: UInt64) {
    let field = header.prefix(nameField)
    guard let end = field.firstIndex(of: 0) else {
      throw Refusal(.badName, "the name is not NUL-terminated within \(nameField) bytes")
    }
    let name = try parseName(Array(field[..<end]))
    let size = announcedSize(header)
    guard size >= 0 else { throw Refusal(.badSize, "the size \(size) is negative") }
    return (name, UInt64(size))
  }

  private static func parseName(_ bytes: [UInt8]) throws(Refusal) -> FileName {
    guard !bytes.contains(UInt8(ascii: "/")) else {
      throw Refusal(.badName, "the name \"\(FileName.printable(bytes))\" contains \"/\"")
    }
    do {
      return try FileName(printable: bytes)
    } catch {
      throw Refusal(.badName, error.description)
    }
  }
}
