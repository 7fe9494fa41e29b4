import XferProtocol
import XferSystem

/// A header of the classic protocol. Missing bytes are zeros.
enum Classic {
  static func check(_ bytes: [UInt8]) throws {
    let given = bytes.prefix(ClassicHeader.size)
    let header = given + [UInt8](repeating: 0, count: ClassicHeader.size - given.count)
    let shown = ClassicHeader.printableName(Array(header))
    try expect(
      shown.unicodeScalars.allSatisfy { !Names.isControl($0) }, "\(shown) is not printable")
    guard let (name, size) = try? ClassicHeader.parse(Array(header)) else { return }
    try expect(!name.text.utf8.contains(UInt8(ascii: "/")), "\(name) has a directory")
    try expect(
      size == UInt64(ClassicHeader.announcedSize(Array(header))), "two sizes in one header")
    try Names.check(Array(name.text.utf8))
  }
}

/// A header of a proxy. It is read as a session reads it: never beyond its end.
enum Proxies {
  private static let most = 536

  static func check(_ bytes: [UInt8]) throws {
    var length = 0
    do {
      while case .needs(let count) = try ProxyHeader.parse(Array(bytes[..<length])) {
        try expect(count > 0, "no byte is needed at \(length)")
        try expect(length + count <= most, "more than \(most) bytes are needed")
        guard length + count <= bytes.count else { return }
        length += count
      }
    } catch is ProxyHeader.Malformed { return }
  }
}

/// The bytes of a name that a client gives.
enum Names {
  static func check(_ bytes: [UInt8]) throws {
    let shown = FileName.printable(bytes)
    try expect(shown.unicodeScalars.allSatisfy { !isControl($0) }, "\(shown) is not printable")
    guard let name = try? FileName(bytes: bytes) else { return }
    let parts = name.components.map { PathText.bytes(String($0)) }
    try expect(name.bytes == bytes, "other bytes")
    try expect(Array(parts.joined(separator: [UInt8(ascii: "/")])) == bytes, "other bytes")
    for part in parts {
      try expect(!part.isEmpty && part != [46] && part != [46, 46] && part.count <= 255, "\(part)")
    }
    try expect(name.text.unicodeScalars.allSatisfy { !isControl($0) }, "\(name) has a control")
  }

  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }
}
