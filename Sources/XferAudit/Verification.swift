import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Reads published files again and compares them with the history's digests. It changes nothing,
/// and works beside a running receiver or without one.
public struct Verification {
  /// What was found of one file.
  public enum Finding: Equatable, Sendable {
    case same
    case missing
    case differs(Digest)
    case unreadable(String)
  }

  private let history: HistoryReader
  private let files: PublishedFiles

  /// Throws where the directory or the history cannot be read.
  public init(data path: String) throws {
    let data = try DataDirectory(reading: path)
    history = try HistoryReader(path: data.databasePath)
    files = PublishedFiles(data)
  }

  /// Gives each completed transfer to `body` with what was found. A name that was delivered more
  /// than once, its file having been taken away between, is compared with the last delivery.
  public func run(
    _ filter: HistoryFilter, _ body: (HistoryEntry, Finding) throws -> Void
  ) throws {
    var filter = filter
    filter.status = .completed
    var seen = Set<String>()
    // Newest first, so the first row of a name is its last delivery.
    try history.entries(filter) { entry in
      if seen.insert(entry.name).inserted { try body(entry, examine(entry)) }
    }
  }

  private func examine(_ entry: HistoryEntry) -> Finding {
    do {
      guard let found = try files.digest(of: try FileName(entry.name)) else { return .missing }
      return found == entry.digest ? .same : .differs(found)
    } catch {
      return .unreadable("\(error)")
    }
  }
}
