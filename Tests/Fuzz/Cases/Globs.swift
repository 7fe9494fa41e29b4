import GRDBSQLite
import XferSQLite

/// A glob and a name, with a line feed between them. The range in which the history looks for the
/// names of a glob has every name that matches.
enum Globs {
  static func check(_ bytes: [UInt8]) throws {
    let parts = bytes.filter { $0 != 0 }.split(
      separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
    let glob = String(decoding: parts[0], as: UTF8.self)
    let name = String(decoding: parts.count > 1 ? parts[1] : [], as: UTF8.self)
    guard glob.utf8.count <= 1024, name.utf8.count <= 1024 else { return }
    let pattern = NamePattern(glob)
    let matches = sqlite3_strglob(glob, name) == 0
    let isAfter = !name.utf8.lexicographicallyPrecedes(pattern.prefix.utf8)
    let isBefore = pattern.end.map { name.utf8.lexicographicallyPrecedes($0.utf8) } ?? true
    if matches {
      try expect(isAfter && isBefore, "\(name) matches \(glob) and is outside of its range")
    }
    if pattern.isPrefix { try expect(matches == (isAfter && isBefore), "\(glob) is no prefix") }
    if pattern.isText { try expect(matches == name.utf8.elementsEqual(glob.utf8), "\(glob): text") }
  }
}
