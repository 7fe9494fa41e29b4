import XferSystem

/// A name under which a file may be published: a relative path of any bytes but NUL. It has no
/// component that is empty, `.` or `..`, and is within the limits.
package struct FileName: Hashable, Sendable, CustomStringConvertible {
  /// Bytes in total.
  package static let maximumLength = 1024
  /// Bytes in one component (NAME_MAX of every common file system).
  package static let maximumComponent = 255
  /// Components.
  package static let maximumDepth = 32

  /// The whole path in the form of `PathText`, with `/` between components. It has no control
  /// character.
  package let text: String

  /// Throws if the name may not be published.
  package init(_ text: String) throws(BadName) {
    try self.init(bytes: PathText.bytes(text))
  }

  /// Throws if the bytes, as a peer sent them, are not a name that may be published.
  package init(bytes: [UInt8]) throws(BadName) {
    func bad(_ why: String) -> BadName { BadName(shown: FileName.printable(bytes), why: why) }
    guard !bytes.isEmpty else { throw bad("it is empty") }
    guard bytes.count <= FileName.maximumLength else {
      throw bad("it is longer than \(FileName.maximumLength) bytes")
    }
    guard !bytes.contains(0) else { throw bad("it contains a NUL") }
    guard bytes.first != UInt8(ascii: "/") else { throw bad("it starts with \"/\"") }
    let components = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard components.count <= FileName.maximumDepth else {
      throw bad("it has more than \(FileName.maximumDepth) components")
    }
    for component in components {
      if let why = FileName.flaw(of: component) { throw bad(why) }
    }
    self.text = PathText.text(bytes)
  }

  /// Throws if the bytes are not a name that may be published, or if they are not UTF-8 without
  /// control characters.
  package init(printable bytes: [UInt8]) throws(BadName) {
    try self.init(bytes: bytes)
    if let oddity { throw BadName(shown: FileName.printable(bytes), why: oddity) }
  }

  /// The bytes of the path.
  package var bytes: [UInt8] { PathText.bytes(text) }

  /// The text for people.
  package var description: String { PathText.shown(text) }

  /// The reason why the name cannot be printed as it is: it is not UTF-8 or has a control character.
  /// Nil if it can.
  package var oddity: String? {
    guard PathText.hasEscapes(text) else { return nil }
    let isText = String(validating: bytes, as: UTF8.self) != nil
    return isText ? "it contains a control character" : "it is not UTF-8"
  }

  /// The directories above the file, outermost first, and the file's own name.
  package var components: [Substring] {
    text.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
  }

  // Compares bytes, as a file system does: two Strings are equal if they write "é" in two ways.
  package static func == (left: FileName, right: FileName) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Hashes the bytes that `==` compares.
  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// True for C0, DEL and C1, which a terminal may interpret, and for the characters by which
  /// `PathText` stands for bytes.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
      || PathText.hasEscapes(String(scalar))
  }

  private static func flaw(of component: ArraySlice<UInt8>) -> String? {
    if component.isEmpty { return "it has an empty component" }
    if component.elementsEqual([0x2e]) { return "it has the component \".\"" }
    if component.elementsEqual([0x2e, 0x2e]) { return "it has the component \"..\"" }
    if component.count > maximumComponent {
      return "a component is longer than \(maximumComponent) bytes"
    }
    return nil
  }

  /// The name as the row of a refused file has it: see `printable(_:)`.
  package var printable: String { FileName.printable(bytes) }

  /// Returns any bytes as text that is safe to show: at most `maximumLength` bytes of them, with
  /// `?` for each control character.
  package static func printable(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(maximumLength), as: UTF8.self)
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
  }
}

/// A name that may not be published.
package struct BadName: Error, CustomStringConvertible, Sendable {
  /// The name, made safe to show.
  package let shown: String
  /// The rule that the name breaks.
  package let why: String
  /// A message for a person.
  package var description: String { "the name \"\(shown)\" is not allowed: \(why)" }
}
