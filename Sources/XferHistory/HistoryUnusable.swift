import GRDB

/// A history that cannot be used as it is: what is wrong and what to do. Nothing was changed in it.
public struct HistoryUnusable: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ path: String, _ why: String) { description = "the history \"\(path)\" \(why)" }

  init(_ path: String, _ error: any Error) {
    let result = (error as? DatabaseError)?.resultCode
    switch result {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      self.init(path, "is damaged or is no SQLite database; put a backup in its place")
    case .SQLITE_CANTOPEN: self.init(path, "cannot be opened; is it there, and readable?")
    case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(path, "is held by another program; end that one")
    case .SQLITE_FULL: self.init(path, "cannot be opened: the disk is full")
    default: self.init(path, "cannot be used: \(error)")
    }
  }
}
