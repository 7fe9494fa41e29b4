import FoundationEssentials
import Testing
import XferProtocol
import XferReport
import XferSystem

@Suite("The history prints as CSV, JSON, JSON lines and a table")
struct HistoryFormatTests {
  private static let members = [
    "id", "transfer_id", "client_ip", "name", "size", "resumed_at", "started_at", "finished_at",
    "duration_seconds", "bytes_per_second", "status", "reason", "detail", "sha256", "protocol",
    "attempts", "first_finished_at", "client", "kind", "mode", "modified_at", "target",
    "set_number",
  ]

  @Test("CSV has a header and one line for each row, separated as in RFC 4180")
  func csvHasHeaderAndLinePerRow() throws {
    let lines = try HistoryFormat.csv.render([entry(name: "a.txt")]).split(separator: "\r\n")
    #expect(lines.count == 2)
    #expect(lines.first.map(String.init) == HistoryFormatTests.members.joined(separator: ","))
    let values = try #require(lines.last).split(separator: ",", omittingEmptySubsequences: false)
    #expect(values.count == HistoryFormatTests.members.count)
    #expect(values[3] == "a.txt")
    #expect(values[9] == "6")
  }

  @Test(
    "CSV quotes separators and escapes formulas",
    arguments: [
      ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""),
      ("a\r\nb", "\"a\r\nb\""), (",\u{301}", "\",\u{301}\""), ("\"\u{301}", "\"\"\"\u{301}\""),
      ("plain", "plain"), (" a ", " a "), ("a=b", "a=b"),
      // A spreadsheet would read these as formulas, so an apostrophe is put before them, and before
      // a leading apostrophe.
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-a", "'-a"), ("@a", "'@a"), ("'a", "''a"),
      ("=a,b", "\"'=a,b\""), ("\ta", "'\ta"),
    ])
  func csvQuotesFieldsAndEscapesFormulas(_ name: String, _ quoted: String) throws {
    let text = try HistoryFormat.csv.render([entry(name: name)])
    // Bytes are compared because a comma with a combining accent is one Character of a String.
    let expected = Array((",127.0.0.2," + quoted + ",3,").utf8)
    #expect(Array(text.utf8).contains(expected), "\(text)")
  }

  @Test("JSON has the documented members, with null for a missing value")
  func jsonHasDocumentedMembers() throws {
    let text = try HistoryFormat.json.render([entry(name: "a"), failure()])
    let objects = try JSONDecoder().decode([[String: Value]].self, from: Data(text.utf8))
    #expect(objects.count == 2)
    for object in objects { #expect(object.keys.sorted() == HistoryFormatTests.members.sorted()) }
    #expect(objects[0]["started_at"] == .text("2026-11-22T09:24:51.000Z"))
    #expect(objects[0]["duration_seconds"] == .number(0.5))
    #expect(objects[0]["reason"] == Value.nothing)
    #expect(objects[1]["status"] == .text("failed"))
    #expect(objects[1]["reason"] == .text("bad_size"))
    #expect(objects[1]["sha256"] == Value.nothing)
    #expect(objects[1]["bytes_per_second"] == Value.nothing)
    #expect(objects[1]["protocol"] == .text("classic"))
  }

  @Test("JSON lines prints one object per line even if a name contains a newline")
  func jsonLinesHasOneObjectPerLine() throws {
    let text = try HistoryFormat.jsonl.render([entry(name: "a\nb\"c"), failure()])
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    let first = try JSONDecoder().decode([String: Value].self, from: Data(lines[0].utf8))
    #expect(first["name"] == .text("a\nb\"c"))
  }

  @Test("JSON lines prints each row at once, and a table sizes its columns from 200 rows")
  func rowsPrintAsTheyArrive() throws {
    var lines = HistoryPrinter(.jsonl)
    let line = try lines.text(of: entry(name: "a"))
    #expect(line.hasSuffix("}\n"))
    var table = HistoryPrinter(.table)
    var parts = try (0..<200).map { _ in try table.text(of: entry(name: "short")) }
    #expect(parts.dropLast().joined().isEmpty)
    parts.append(try table.text(of: entry(name: "a much longer name")))
    parts.append(table.end())
    let all = parts.joined().split(separator: "\n")
    let headers = all.filter { $0.hasPrefix("time") }
    #expect(all.count == 202 && headers.count == 1 && all.first == headers.first)
  }

  @Test("An empty history prints as an empty list in each format")
  func emptyHistoryIsEmptyInEachFormat() throws {
    #expect(try JSONDecoder().decode([[String: Value]].self, from: Data(render(.json).utf8)) == [])
    #expect(try render(.jsonl) == "")
    #expect(try render(.csv) == HistoryFormatTests.members.joined(separator: ",") + "\r\n")
    #expect(try render(.table).hasPrefix("time"))
  }

  @Test("The table shows the reason of a failed transfer in place of its rate")
  func tableShowsReasonOfFailure() throws {
    let line = try #require(try HistoryFormat.table.render([failure()]).split(separator: "\n").last)
    #expect(line.hasSuffix("-  failed: bad_size"))
    #expect(line.contains("(no name)"))
  }

  @Test("An identified client is shown by its name in the table, and beside its address elsewhere")
  func identifiedClientIsShownByName() throws {
    var row = entry(name: "a")
    row.client = Client(address: "10.0.0.5", name: "cam-7")
    let table = try HistoryFormat.table.render([row])
    #expect(table.contains(" cam-7 ") && !table.contains("10.0.0.5"))
    #expect(try HistoryFormat.table.render([entry(name: "a")]).contains(" 127.0.0.2 "))
    let csv = try HistoryFormat.csv.render([row, entry(name: "a")]).split(separator: "\r\n")
    #expect(csv[1].contains(",10.0.0.5,a,") && csv[1].hasSuffix(",1,,cam-7,file,,,,"))
    #expect(csv[2].hasSuffix(",1,,,file,,,,"))
    let json = try HistoryFormat.json.render([row, entry(name: "a")])
    let objects = try JSONDecoder().decode([[String: Value]].self, from: Data(json.utf8))
    #expect(objects[0]["client"] == .text("cam-7"))
    #expect(objects[0]["client_ip"] == .text("10.0.0.5"))
    #expect(objects[1]["client"] == Value.nothing)
  }

  private func render(_ format: HistoryFormat) throws -> String { try format.render([]) }

  private func entry(name: String) -> HistoryEntry {
    HistoryEntry(
      id: 1, transferID: TransferID(high: 1, low: 2), client: Client(address: "127.0.0.2"),
      name: name, size: 3,
      startedAt: Timestamp(microseconds: 1_795_339_491_000_000),
      finishedAt: Timestamp(microseconds: 1_795_339_491_500_000), status: .completed, reason: nil,
      detail: nil, digest: Digest(bytes: [UInt8](repeating: 1, count: 32)), wire: .native)
  }

  private func failure() -> HistoryEntry {
    HistoryEntry(
      id: 2, transferID: TransferID(high: 1, low: 3), client: Client(address: "::1"), name: "",
      size: -1,
      startedAt: Timestamp(microseconds: 0), finishedAt: Timestamp(microseconds: 1),
      status: .failed, reason: "bad_size", detail: "the size -1 is below zero", digest: nil,
      wire: .classic)
  }
}

/// A member of a JSON object.
private enum Value: Decodable, Equatable {
  case nothing
  case number(Double)
  case text(String)

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .nothing
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try value.decode(String.self))
    }
  }
}
