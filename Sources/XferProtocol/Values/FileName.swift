/// A name under which a file may be published: a relative path of clean components in UTF-8.
/// It cannot hold `..`, an empty component, a control character, or be longer than the limits.
public struct FileName: Hashable, Sendable, CustomStringConvertible {
  /// Bytes of UTF-8 in all, and in one component (NAME_MAX of every common file system).
  public static let maximumLength = 1024
  public static let maximumComponent = 255
  public static let maximumDepth = 32

  public let text: String

  public init(_ text: String) throws(BadName) {
    try self.init(bytes: Array(text.utf8))
  }

  /// From the bytes that a peer sent.
  public init(bytes: [UInt8]) throws(BadName) {
    func bad(_ why: String) -> BadName { BadName(shown: FileName.printable(bytes), why: why) }
    guard !bytes.isEmpty else { throw bad("it is empty") }
    guard bytes.count <= FileName.maximumLength else {
      throw bad("it is longer than \(FileName.maximumLength) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw bad("it is not UTF-8") }
    guard !FileName.holdsControl(bytes) else {
      throw bad("it holds a control character")
    }
    guard bytes.first != UInt8(ascii: "/") else { throw bad("it begins with \"/\"") }
    let components = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard components.count <= FileName.maximumDepth else {
      throw bad("it has more than \(FileName.maximumDepth) parts")
    }
    for component in components {
      if let why = FileName.flaw(of: component) { throw bad(why) }
    }
    self.text = text
  }

  public var description: String { text }

  /// The directories above the file, outermost first, and the file's own name.
  public var components: [Substring] {
    text.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
  }

  // Byte for byte, as a disk has it: a String takes two ways to write "é" for the same.
  public static func == (left: FileName, right: FileName) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// The same of UTF-8, byte by byte, as every name is parsed several times on its way: C1 is 0xc2
  /// followed by 0x80 to 0x9f.
  private static func holdsControl(_ bytes: [UInt8]) -> Bool {
    var last: UInt8 = 0
    for byte in bytes {
      if byte < 0x20 || byte == 0x7f || (last == 0xc2 && byte < 0xa0) { return true }
      last = byte
    }
    return false
  }

  /// C0, DEL and C1: a terminal may obey them.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }

  private static func flaw(of component: ArraySlice<UInt8>) -> String? {
    if component.isEmpty { return "it has an empty part" }
    if component.elementsEqual([0x2e]) { return "it has the part \".\"" }
    if component.elementsEqual([0x2e, 0x2e]) { return "it has the part \"..\"" }
    if component.count > maximumComponent {
      return "a part is longer than \(maximumComponent) bytes"
    }
    return nil
  }

  /// Any bytes as text that is safe to show: what is not printable becomes `?`, the rest is cut.
  public static func printable(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(maximumLength), as: UTF8.self)
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
  }
}

/// A name that cannot be published, and why.
public struct BadName: Error, CustomStringConvertible, Sendable {
  /// The name as far as it can be shown.
  public let shown: String
  public let why: String
  public var description: String { "the name \"\(shown)\" is not allowed: \(why)" }
}
