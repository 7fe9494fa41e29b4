import FoundationEssentials
import XferProtocol

/// The ways to print the history.
public enum HistoryFormat: String, CaseIterable, Sendable {
  /// For a person, in local time.
  case table
  /// One array.
  case json
  /// One object a line.
  case jsonl
  /// RFC 4180 with a header line.
  case csv

  /// All at once.
  public func render(_ entries: [HistoryEntry]) throws -> String {
    var printer = HistoryPrinter(self)
    return try entries.map { try printer.text(of: $0) }.joined() + printer.end()
  }
}

/// Prints rows as they come, and holds none of them but those of a part of the table, whose columns are as wide as
/// their widest cell.
public struct HistoryPrinter {
  /// Rows of the table that are laid out together.
  private static let part = 200

  private let format: HistoryFormat
  private var isFirst = true
  private var table = HistoryTable()
  private var waiting: [HistoryEntry] = []

  public init(_ format: HistoryFormat) { self.format = format }

  /// What is printed when a row has come: nothing yet, where the row waits for others.
  public mutating func text(of entry: HistoryEntry) throws -> String {
    defer { isFirst = false }
    switch format {
    case .table: return wait(entry)
    case .json: return (isFirst ? "[\n" : ",\n") + (try HistoryPrinter.member(entry))
    case .jsonl: return try HistoryPrinter.json(entry) + "\n"
    case .csv:
      return (isFirst ? HistoryPrinter.csvHeader : "") + HistoryRecord(entry).csvLine + "\r\n"
    }
  }

  /// What is printed behind the last row.
  public mutating func end() -> String {
    switch format {
    case .table: return isFirst || !waiting.isEmpty ? layOut() : ""
    case .json: return isFirst ? "[]\n" : "\n]\n"
    case .jsonl: return ""
    case .csv: return isFirst ? HistoryPrinter.csvHeader : ""
    }
  }

  private mutating func wait(_ entry: HistoryEntry) -> String {
    waiting.append(entry)
    return waiting.count < HistoryPrinter.part ? "" : layOut()
  }

  private mutating func layOut() -> String {
    defer { waiting.removeAll(keepingCapacity: true) }
    return table.lines(waiting).map { $0 + "\n" }.joined()
  }

  private static let csvHeader = HistoryRecord.csvHeader + "\r\n"

  /// A row as a member of the array, indented like one.
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
