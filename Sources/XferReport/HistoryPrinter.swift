import FoundationEssentials
import XferProtocol

/// Formats rows as they arrive. It keeps no rows in memory, except for a part of the table: the
/// columns are as wide as the widest values of that part.
package struct HistoryPrinter {
  /// The number of rows of the table that are laid out together.
  private static let part = 200

  private let format: HistoryFormat
  private var isFirst = true
  private var table = HistoryTable()
  private var kept: [HistoryEntry] = []

  /// Starts an output that has no rows yet.
  package init(_ format: HistoryFormat) { self.format = format }

  /// Returns the text to print for the next row. It is empty if the row is kept for the layout of
  /// the table. Throws encoding errors.
  package mutating func text(of entry: HistoryEntry) throws -> String {
    defer { isFirst = false }
    switch format {
    case .table: return keep(entry)
    case .json: return (isFirst ? "[\n" : ",\n") + (try HistoryPrinter.member(entry))
    case .jsonl: return try HistoryPrinter.json(entry) + "\n"
    case .csv:
      return (isFirst ? HistoryPrinter.csvHeader : "") + HistoryRecord(entry).csvLine + "\r\n"
    }
  }

  /// Returns the text to print after the last row.
  package mutating func end() -> String {
    switch format {
    case .table: return isFirst || !kept.isEmpty ? layOut() : ""
    case .json: return isFirst ? "[]\n" : "\n]\n"
    case .jsonl: return ""
    case .csv: return isFirst ? HistoryPrinter.csvHeader : ""
    }
  }

  private mutating func keep(_ entry: HistoryEntry) -> String {
    kept.append(entry)
    return kept.count < HistoryPrinter.part ? "" : layOut()
  }

  private mutating func layOut() -> String {
    defer { kept.removeAll(keepingCapacity: true) }
    return table.lines(kept).map { $0 + "\n" }.joined()
  }

  private static let csvHeader = HistoryRecord.csvHeader + "\r\n"

  /// Returns a row as an indented element of the array.
  private static func member(_ entry: HistoryEntry) throws -> String {
    try "  " + json(entry, pretty: true).replacing("\n", with: "\n  ")
  }

  private static func json(_ entry: HistoryEntry, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(HistoryRecord(entry)), as: UTF8.self)
  }
}

extension HistoryFormat {
  /// Returns all rows as one text. Throws encoding errors.
  package func render(_ entries: [HistoryEntry]) throws -> String {
    var printer = HistoryPrinter(self)
    return try entries.map { try printer.text(of: $0) }.joined() + printer.end()
  }
}
