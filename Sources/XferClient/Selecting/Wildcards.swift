/// A pattern with wildcards, as rsync has them: `*` and `?` stand for characters of one component,
/// `**` crosses slashes, `[a-z]` and `[[:digit:]]` are classes, and a backslash makes the next
/// character literal. It works on bytes, as rsync does: a `?` stands for one byte.
///
/// The time for a match is bounded by the length of the pattern times that of the text, because all
/// ways to match are followed at the same time.
struct Wildcards: Equatable, Sendable {
  private enum Part: Equatable, Sendable {
    case byte(UInt8)
    /// Any byte but a slash.
    case any
    case oneOf(ByteClass)
    /// Any number of bytes; a slash only if it crosses them.
    case star(crossesSlashes: Bool)
    /// Matches no text: a class without an end, or a backslash at the end.
    case never
  }

  private let parts: [Part]

  /// True if a pattern with these bytes has a wildcard. Without one it is a plain text, in which a
  /// backslash stands for itself.
  static func areIn(_ pattern: some Sequence<UInt8>) -> Bool {
    pattern.contains { [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "[")].contains($0) }
  }

  init(_ pattern: some Collection<UInt8>) {
    var parts: [Part] = []
    var rest = ArraySlice(pattern)
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "?"): parts.append(.any)
      case UInt8(ascii: "*"): parts.append(Wildcards.star(&rest))
      case UInt8(ascii: "["): parts.append(ByteClass(&rest).map(Part.oneOf) ?? .never)
      case UInt8(ascii: "\\"): parts.append(rest.popFirst().map(Part.byte) ?? .never)
      default: parts.append(.byte(byte))
      }
    }
    self.parts = parts
  }

  private static func star(_ rest: inout ArraySlice<UInt8>) -> Part {
    let isDouble = rest.first == UInt8(ascii: "*")
    while rest.first == UInt8(ascii: "*") { rest.removeFirst() }
    return .star(crossesSlashes: isDouble)
  }

  /// True if the whole text matches.
  func match(_ text: some Sequence<UInt8>) -> Bool {
    // An element is true if the parts before its index match the text so far.
    var places = [Bool](repeating: false, count: parts.count + 1)
    places[0] = true
    skipStars(&places)
    for byte in text {
      guard step(&places, over: byte) else { return false }
    }
    return places[parts.count]
  }

  /// Takes one byte of the text. Returns false if nothing can match any more.
  private func step(_ places: inout [Bool], over byte: UInt8) -> Bool {
    var next = [Bool](repeating: false, count: places.count)
    for index in parts.indices where places[index] {
      switch parts[index] {
      case .byte(let expected) where expected == byte: next[index + 1] = true
      case .any where byte != UInt8(ascii: "/"): next[index + 1] = true
      case .oneOf(let set) where set.contains(byte): next[index + 1] = true
      case .star(let crosses) where crosses || byte != UInt8(ascii: "/"): next[index] = true
      default: break
      }
    }
    skipStars(&next)
    places = next
    return next.contains(true)
  }

  /// A star also stands for no byte at all.
  private func skipStars(_ places: inout [Bool]) {
    for index in parts.indices where places[index] {
      if case .star = parts[index] { places[index + 1] = true }
    }
  }
}
