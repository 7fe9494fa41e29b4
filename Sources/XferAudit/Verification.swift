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
    /// Received without a digest: as long as it was, which is all that can be said.
    case unproven
    case resized(UInt64)
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
      let name = try FileName(entry.name)
      guard let digest = entry.digest else { return try examineSize(of: name, entry) }
      guard let found = try files.digest(of: name) else { return .missing }
      return found == digest ? .same : .differs(found)
    } catch {
      return .unreadable("\(error)")
    }
  }

  private func examineSize(of name: FileName, _ entry: HistoryEntry) throws -> Finding {
    guard let size = try files.size(of: name) else { return .missing }
    return size == UInt64(clamping: entry.size) ? .unproven : .resized(size)
  }
}
