import XferProtocol

/// Rows of the history as a table for a person, in local time.
struct HistoryTable {
  private let entries: [HistoryEntry]

  init(_ entries: [HistoryEntry]) { self.entries = entries }

  func lines(indent: Int = 0) -> [String] {
    TextTable(
      header: ["time", "client", "name", "size", "duration", "rate", "status"],
      alignment: [.left, .left, .left, .right, .right, .right, .left],
      rows: entries.map(HistoryTable.row)
    ).lines(indent: indent)
  }

  private static func row(_ entry: HistoryEntry) -> [String] {
    [
      TimeText.local(entry.finishedAt),
      entry.clientIP,
      entry.name.isEmpty ? "(no name)" : entry.name,
      entry.size < 0 ? "\(entry.size)" : Readable.bytes(entry.size),
      Readable.duration(seconds: entry.seconds),
      entry.bytesPerSecond.map(Readable.rate) ?? "-",
      entry.reason.map { "failed: \($0)" } ?? entry.status.name,
    ]
  }
}
