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

  public func render(_ entries: [HistoryEntry]) throws -> String {
    let records = entries.map(HistoryRecord.init)
    switch self {
    case .table: return HistoryTable(entries).lines().joined(separator: "\n") + "\n"
    case .json where records.isEmpty: return "[]\n"
    case .json: return try HistoryFormat.json(records, pretty: true) + "\n"
    case .jsonl: return try records.map { try HistoryFormat.json($0) + "\n" }.joined()
    case .csv:
      return ([HistoryRecord.csvHeader] + records.map(\.csvLine)).map { $0 + "\r\n" }.joined()
    }
  }

  private static func json(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
