import XferProtocol
import XferText

/// Lays out rows of the history as a table for people, in local time.
struct HistoryTable {
  private static let header = ["time", "client", "name", "size", "duration", "rate", "status"]
  private static let alignment: [TextTable.Alignment] = [
    .left, .left, .left, .right, .right, .right, .left,
  ]

  private var widths: [Int] = []
  private var hasHeader = false

  /// Returns the lines of the next rows; the first call adds the header. Columns become wider from
  /// one call to the next, never narrower.
  mutating func lines(_ entries: [HistoryEntry], indent: Int = 0) -> [String] {
    let table = TextTable(
      header: hasHeader ? nil : HistoryTable.header, alignment: HistoryTable.alignment,
      rows: entries.map(HistoryTable.row), widths: widths)
    hasHeader = true
    widths = table.widths
    return table.lines(indent: indent)
  }

  private static func row(_ entry: HistoryEntry) -> [String] {
    [
      TimeText.local(entry.finishedAt),
      entry.client.key,
      entry.name.isEmpty ? "(no name)" : entry.name,
      entry.size < 0 ? "\(entry.size)" : Readable.bytes(entry.size),
      Readable.duration(seconds: entry.seconds),
      entry.bytesPerSecond.map(Readable.rate) ?? "-",
      status(entry),
    ]
  }

  private static func status(_ entry: HistoryEntry) -> String {
    guard let reason = entry.reason else { return entry.status.name }
    return "failed: \(reason)" + (entry.attempts > 1 ? ", \(entry.attempts) times" : "")
  }
}
