/// A class of a wildcard pattern, such as `[a-z]`, `[!0-9]` or `[[:alpha:]_]`. It never has a
/// slash.
struct ByteClass: Equatable, Sendable {
  private var bytes: Set<UInt8> = []
  private let isNegated: Bool

  /// Reads the class behind its `[`. Returns nil if it has no end, or has an unknown name.
  init?(_ rest: inout ArraySlice<UInt8>) {
    isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
    if isNegated { rest.removeFirst() }
    var isFirst = true
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "]"), !isFirst { return }
      isFirst = false
      guard add(byte, &rest) else { return nil }
    }
    return nil
  }

  func contains(_ byte: UInt8) -> Bool {
    byte != UInt8(ascii: "/") && bytes.contains(byte) != isNegated
  }

  /// Adds an element: a byte, a range that begins with it, or a named class. Returns false if the
  /// element is not valid.
  private mutating func add(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
    if byte == UInt8(ascii: "["), rest.first == UInt8(ascii: ":"), let end = ByteClass.end(of: rest)
    {
      guard let named = ByteClass.named(rest[(rest.startIndex + 1)..<end]) else { return false }
      bytes.formUnion((0...UInt8.max).filter(named))
      rest = rest[(end + 2)...]
      return true
    }
    guard let low = ByteClass.literal(byte, &rest) else { return false }
    bytes.insert(low)
    guard rest.first == UInt8(ascii: "-"), rest.count > 1,
      rest.dropFirst().first != UInt8(ascii: "]")
    else { return true }
    rest.removeFirst()
    guard let next = rest.popFirst(), let high = ByteClass.literal(next, &rest) else {
      return false
    }
    if low <= high { bytes.formUnion(low...high) }
    return true
  }

  /// Returns the byte, or the one behind a backslash; nil if the pattern ends there.
  private static func literal(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> UInt8? {
    byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
  }

  /// Returns the index of the `:]` that ends a name; nil if the next `]` does not end one.
  private static func end(of rest: ArraySlice<UInt8>) -> Int? {
    guard let bracket = rest.firstIndex(of: UInt8(ascii: "]")), bracket > rest.startIndex + 1,
      rest[bracket - 1] == UInt8(ascii: ":")
    else { return nil }
    return bracket - 1
  }

  /// Returns the test of a named class, in the C locale; nil if there is none of this name.
  private static func named(_ name: some Sequence<UInt8>) -> ((UInt8) -> Bool)? {
    switch String(decoding: Array(name), as: UTF8.self) {
    case "alnum": { isLower($0) || isUpper($0) || isDigit($0) }
    case "alpha": { isLower($0) || isUpper($0) }
    case "blank": { $0 == 0x20 || $0 == 0x09 }
    case "cntrl": { $0 < 0x20 || $0 == 0x7f }
    case "digit": isDigit
    case "graph": { 0x21...0x7e ~= $0 }
    case "lower": isLower
    case "print": { 0x20...0x7e ~= $0 }
    case "punct": { 0x21...0x7e ~= $0 && !isLower($0) && !isUpper($0) && !isDigit($0) }
    case "space": { $0 == 0x20 || 0x09...0x0d ~= $0 }
    case "upper": isUpper
    case "xdigit": { isDigit($0) || 0x41...0x46 ~= $0 || 0x61...0x66 ~= $0 }
    default: nil
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
  private static func isLower(_ byte: UInt8) -> Bool { 0x61...0x7a ~= byte }
  private static func isUpper(_ byte: UInt8) -> Bool { 0x41...0x5a ~= byte }
}
