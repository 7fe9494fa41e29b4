/// Paths as text. The kernel takes any bytes but NUL as a path; a `String` holds UTF-8 alone.
///
/// A byte that is not part of valid UTF-8 or belongs to a control character is written as a
/// character of the private use area: the byte `b` as U+EF00 + `b`. The bytes of such characters
/// themselves are written in the same way, so that each path has exactly one text, and each text
/// one path. All calls of the kernel in this module take and return paths in this form. (OPTU-8 of
/// MirBSD uses the same characters for invalid bytes.)
package enum PathText {
  /// The first character that stands for a byte.
  private static let base: UInt32 = 0xef00

  /// Returns the text of a path or of a part of one.
  package static func text(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !hasEscapes(text), isPlain(bytes) {
      return text
    }
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    while let first = rest.first {
      if let (scalar, count) = scalar(at: rest), isWritten(scalar) {
        text.append(scalar)
        rest = rest.dropFirst(count)
      } else {
        text.append(escape(first))
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  /// Returns the bytes of the path.
  package static func bytes(_ text: String) -> [UInt8] {
    guard hasEscapes(text) else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if let byte = byte(scalar) {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return bytes
  }

  /// True if the text has characters that stand for bytes: its path is not printable UTF-8.
  package static func hasEscapes(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      bytes.indices.dropLast().contains { bytes[$0] == 0xee && 0xbc...0xbf ~= bytes[$0 + 1] }
    }
  }

  /// Returns the text as it is shown to people: `\n`, `\t` and `\x1b` for the bytes.
  package static func shown(_ text: String) -> String {
    guard hasEscapes(text) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let byte = byte(scalar) {
        shown.append(contentsOf: name(of: byte).unicodeScalars)
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }

  private static func name(of byte: UInt8) -> String {
    switch byte {
    case 0x09: return "\\t"
    case 0x0a: return "\\n"
    case 0x0d: return "\\r"
    default:
      let digits = String(byte, radix: 16)
      return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
  }

  private static func escape(_ byte: UInt8) -> Unicode.Scalar {
    // All 256 values are scalars of the private use area.
    Unicode.Scalar(base + UInt32(byte)) ?? "\u{fffd}"
  }

  private static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    (base..<base + 256).contains(scalar.value) ? UInt8(scalar.value - base) : nil
  }

  /// True if a character of a path is written as itself.
  private static func isWritten(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value) && byte(scalar) == nil
  }

  /// True if no byte can belong to a control character: C1 is 0xc2 and 0x80 to 0x9f.
  private static func isPlain(_ bytes: some Sequence<UInt8>) -> Bool {
    var last: UInt8 = 0
    for byte in bytes {
      if byte < 0x20 || byte == 0x7f || (last == 0xc2 && byte < 0xa0) { return false }
      last = byte
    }
    return true
  }

  /// Returns the character at the start of the bytes, and its length; nil if it is not valid.
  private static func scalar(
    at bytes: some Collection<UInt8>
  ) -> (Unicode.Scalar, Int)? {
    var decoder = UTF8()
    var iterator = bytes.prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }
}

extension String {
  /// Calls `body` with the path that this text stands for, as a C string.
  package func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard PathText.hasEscapes(self) else { return withCString(body) }
    return (PathText.bytes(self) + [0]).withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
    }
  }
}
