import XferSystem

/// One rule of a filter: an include or an exclude with its pattern.
package struct FilterRule: Equatable, Sendable {
  /// The effect of a rule on the paths that match.
  package enum Effect: Sendable { case include, exclude }

  /// The effect on the paths that match.
  package let effect: Effect
  private let pattern: FilterPattern

  /// `text` is the pattern, in the form of `PathText`. As with rsync, `+ ` or `- ` at its beginning
  /// takes precedence over `effect`. Throws if the pattern is empty.
  package init(_ text: String, effect: Effect) throws(BadFilter) {
    var bytes = PathText.bytes(text)
    var effect = effect
    switch bytes.prefix(2) {
    case [UInt8(ascii: "+"), UInt8(ascii: " ")]: effect = .include
    case [UInt8(ascii: "-"), UInt8(ascii: " ")]: effect = .exclude
    default: bytes.insert(contentsOf: [0, 0], at: 0)
    }
    bytes.removeFirst(2)
    guard !bytes.isEmpty else { throw BadFilter("the pattern is empty") }
    self.effect = effect
    pattern = FilterPattern(bytes)
  }

  func match(_ path: [UInt8], isDirectory: Bool) -> Bool {
    pattern.match(path, isDirectory: isDirectory)
  }
}

/// A pattern or a file of patterns that cannot be used.
package struct BadFilter: Error, CustomStringConvertible {
  /// A message for a person.
  package let description: String

  init(_ why: String) { description = why }
}
