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

  /// Gives completed transfers to `body` with what was found: of each name, which may have been delivered more
  /// than once, its file having been taken away between, the last delivery. Where that is not among those
  /// that are asked for, the file is not that of any of them, and the name is passed over.
  public func run(
    _ filter: HistoryFilter, _ body: (HistoryEntry, Finding) throws -> Void
  ) throws {
    var filter = filter
    filter.status = .completed
    var seen = Set<NameBytes>()
    try history.entries(filter) { entry in
      guard !seen.contains(NameBytes(entry.name)), try history.isLatest(entry) else { return }
      seen.insert(NameBytes(entry.name))
      try body(entry, examine(entry))
    }
  }

  /// Compared as a disk does it: to a String, two ways to write "é" are one.
  private struct NameBytes: Hashable {
    private let bytes: [UInt8]

    init(_ name: String) { bytes = Array(name.utf8) }
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
