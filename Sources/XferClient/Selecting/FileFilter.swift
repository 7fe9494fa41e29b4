import XferSystem

/// The rules by which files are included or excluded, in their order. The first rule that matches a
/// path decides; a path that no rule matches is included. An excluded directory is not entered, so
/// that no rule can include a file in it. These are the rules of rsync(1), "FILTER RULES".
package struct FileFilter: Sendable {
  private var rules: [FilterRule] = []

  /// A filter that includes everything.
  package init() {}

  /// True if it has no rule.
  package var isEmpty: Bool { rules.isEmpty }

  /// Adds a rule behind the others. `!` alone removes all rules before it, as with rsync.
  package mutating func add(_ text: String, effect: FilterRule.Effect) throws(BadFilter) {
    if text == "!" { return rules = [] }
    rules.append(try FilterRule(text, effect: effect))
  }

  /// Adds the rules of a file, or of standard input for `-`, one on each line. Empty lines and
  /// lines that begin with `#` or `;` are ignored. Throws if the file cannot be read.
  package mutating func add(file path: String, effect: FilterRule.Effect) throws {
    for line in try InputFile.content(of: path).split(separator: 0x0a) {
      guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else {
        continue
      }
      try add(PathText.text(line), effect: effect)
    }
  }

  /// True if a path is excluded by itself. `path` is relative to the root of the transfer, in the
  /// form of `PathText`. The directories above it are not looked at.
  func excludes(_ path: String, isDirectory: Bool) -> Bool {
    guard !rules.isEmpty else { return false }
    let bytes = PathText.bytes(path)
    let rule = rules.first { $0.match(bytes, isDirectory: isDirectory) }
    return rule?.effect == .exclude
  }

  /// True if a path or one of the directories above it is excluded.
  func excludesWithParents(_ path: String, isDirectory: Bool) -> Bool {
    guard !rules.isEmpty else { return false }
    let slashes = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }
    return slashes.contains { excludes(String(path[..<$0]), isDirectory: true) }
      || excludes(path, isDirectory: isDirectory)
  }
}
