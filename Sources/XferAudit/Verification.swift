import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Reads published files again and compares them with the digests in the history. It changes
/// nothing, and works whether or not the receiver is running.
package struct Verification {
  /// The result for one file.
  package enum Finding: Equatable, Sendable {
    /// The file has the recorded digest.
    case same
    /// No file has the name.
    case missing
    /// The file has this digest instead of the recorded one.
    case differs(Digest)
    /// The row has no digest, and the file has the recorded size.
    case unproven
    /// The row has no digest, and the file has this size instead of the recorded one.
    case resized(UInt64)
    /// The row is that of a directory or of a link, and something else has the name.
    case replaced
    /// The file cannot be read, for this reason.
    case unreadable(String)
  }

  private let history: any HistoryReader
  private let files: any PublishedStore

  /// Compares `files` with `history`.
  package init(_ files: any PublishedStore, with history: any HistoryReader) {
    self.files = files
    self.history = history
  }

  /// Passes completed transfers that match `filter` to `body`, each with its result. A name may
  /// have been delivered several times, if the file was removed in between; only its last delivery
  /// is compared. If the filter does not select the last delivery, the name is skipped, because the
  /// file does not belong to the selected rows. Throws errors of the history and of `body`.
  package func run(
    _ filter: HistoryFilter, forEach body: (HistoryEntry, Finding) throws -> Void
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

  /// A name that is compared by its bytes, as in a file system: two Strings are equal if they write
  /// "é" in two ways.
  private struct NameBytes: Hashable {
    private let bytes: [UInt8]

    init(_ name: String) { bytes = Array(name.utf8) }
  }

  private func examine(_ entry: HistoryEntry) -> Finding {
    do {
      let name = try FileName(entry.name)
      guard entry.properties.hasContent else { return try examineKind(of: name, entry) }
      guard let digest = entry.digest else { return try examineSize(of: name, entry) }
      guard let found = try files.digest(of: name) else { return .missing }
      return found == digest ? .same : .differs(found)
    } catch {
      return .unreadable("\(error)")
    }
  }

  private func examineKind(of name: FileName, _ entry: HistoryEntry) throws -> Finding {
    guard let kind = try files.kind(of: name) else { return .missing }
    return kind == entry.properties.kind ? .same : .replaced
  }

  private func examineSize(of name: FileName, _ entry: HistoryEntry) throws -> Finding {
    guard let size = try files.size(of: name) else { return .missing }
    return size == UInt64(clamping: entry.size) ? .unproven : .resized(size)
  }
}
