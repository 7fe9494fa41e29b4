/// The header of the classic protocol: `char filename[256]`, NUL-terminated, then `int32` size in
/// little-endian order. The answers are the two letters `ok` or `no`.
public enum ClassicHeader {
  public static let size = 260
  private static let nameField = 256

  public static let ok: [UInt8] = Array("ok".utf8)
  public static let no: [UInt8] = Array("no".utf8)

  /// The name as it came, for the history, whatever it is.
  public static func printableName(_ header: [UInt8]) -> String {
    FileName.printable(Array(header.prefix(nameField).prefix { $0 != 0 }))
  }

  public static func announcedSize(_ header: [UInt8]) -> Int32 {
    header.dropFirst(nameField).prefix(4).reversed().reduce(0) { $0 << 8 | Int32($1) }
  }

  /// The name and the size, or the refusal that the header deserves.
  public static func parse(_ header: [UInt8]) throws(Refusal) -> (name: FileName, size: UInt64) {
    let field = header.prefix(nameField)
    guard let end = field.firstIndex(of: 0) else {
      throw Refusal(.badName, "the name has no NUL in its \(nameField) bytes")
    }
    let name = try parseName(Array(field[..<end]))
    let size = announcedSize(header)
    guard size >= 0 else { throw Refusal(.badSize, "the size \(size) is below zero") }
    return (name, UInt64(size))
  }

  private static func parseName(_ bytes: [UInt8]) throws(Refusal) -> FileName {
    guard !bytes.contains(UInt8(ascii: "/")) else {
      throw Refusal(.badName, "the name \"\(FileName.printable(bytes))\" holds \"/\"")
    }
    do {
      return try FileName(bytes: bytes)
    } catch {
      throw Refusal(.badName, error.description)
    }
  }
}
