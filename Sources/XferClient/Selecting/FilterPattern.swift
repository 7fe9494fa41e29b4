import XferSystem

/// A pattern of `--include` or `--exclude`, with the rules of rsync(1), "PATTERN MATCHING RULES".
struct FilterPattern: Equatable, Sendable {
  private enum Text: Equatable, Sendable {
    case plain([UInt8])
    case wild(Wildcards)
  }

  /// The part of a path that a pattern is compared with.
  private enum Reach: Equatable, Sendable {
    case whole
    /// This many components at the end.
    case last(Int)
    /// All that follows a slash, for each slash, and the whole path.
    case anyTail
  }

  private let text: Text
  private let reach: Reach
  /// True if the pattern ends with a slash.
  private let isForDirectories: Bool
  /// True if it is compared with the last component only.
  private let isForNames: Bool
  /// True if it begins with `**`, which may stand for the slash before the path, too.
  private let beginsWithStars: Bool
  /// True if it ends with `***`, which may stand for the slash behind a directory, too.
  private let endsWithStars: Bool

  /// `pattern` is not empty.
  init(_ pattern: [UInt8]) {
    let slash = UInt8(ascii: "/")
    isForDirectories = pattern.count > 1 && pattern.last == slash
    let pattern = isForDirectories ? pattern.dropLast() : pattern[...]
    let isAnchored = pattern.first == slash
    let slashes = pattern.count { $0 == slash }
    let isWild = Wildcards.areIn(pattern)
    let stars = isWild ? FilterPattern.stars(in: pattern) : nil
    isForNames = slashes == 0 && stars == nil
    beginsWithStars = stars == pattern.startIndex
    endsWithStars = pattern.suffix(3).elementsEqual([0x2a, 0x2a, 0x2a])
    let rest = isAnchored ? pattern.dropFirst() : pattern
    text = isWild ? .wild(Wildcards(rest)) : .plain(Array(rest))
    reach =
      isAnchored || isForNames || beginsWithStars
      ? .whole : stars == nil ? .last(slashes + 1) : .anyTail
  }

  /// Returns the index of the first `**`; nil if there is none.
  private static func stars(in pattern: ArraySlice<UInt8>) -> Int? {
    let star = UInt8(ascii: "*")
    return pattern.indices.dropLast().first { pattern[$0] == star && pattern[$0 + 1] == star }
  }

  /// True if a path below the root of the transfer matches. It does not begin with a slash.
  func match(_ path: [UInt8], isDirectory: Bool) -> Bool {
    if isForDirectories, !isDirectory { return false }
    if isForNames { return matches(FilterPattern.last(1, of: path[...]) ?? path[...]) }
    var path = path
    if beginsWithStars { path.insert(UInt8(ascii: "/"), at: 0) }
    if endsWithStars, isDirectory { path.append(UInt8(ascii: "/")) }
    switch reach {
    case .whole: return matches(path[...])
    case .last(let count): return FilterPattern.last(count, of: path[...]).map(matches) ?? false
    case .anyTail: return matchesTail(of: path)
    }
  }

  private func matchesTail(of path: [UInt8]) -> Bool {
    matches(path[...])
      || path.indices.contains { path[$0] == UInt8(ascii: "/") && matches(path[($0 + 1)...]) }
  }

  private func matches(_ path: ArraySlice<UInt8>) -> Bool {
    switch text {
    case .plain(let text): path.elementsEqual(text)
    case .wild(let wildcards): wildcards.match(path)
    }
  }

  /// Returns that many components at the end; nil if there are fewer.
  private static func last(_ count: Int, of path: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var left = count
    for index in path.indices.reversed() where path[index] == UInt8(ascii: "/") {
      left -= 1
      if left == 0 { return path[(index + 1)...] }
    }
    return left == 1 ? path : nil
  }
}
