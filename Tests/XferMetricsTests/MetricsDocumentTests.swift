import FoundationEssentials
import Testing

@testable import XferMetrics

/// docs/operations.md agrees with the page.
@Suite("docs/operations.md lists the metrics of the page")
struct MetricsDocumentTests {
  private let text: String
  private let board: Scoreboard

  init() throws {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    let file = try Data(contentsOf: root.appending(path: "docs/operations.md"))
    text = String(decoding: file, as: UTF8.self)
    board = try Scoreboard(sessions: 1)
  }

  @Test("The table of metrics has exactly the metrics of the page, with their types")
  func tableMatchesPage() {
    let served = Metrics.served(by: board)
    #expect(documented.mapValues(\.type) == served)
    #expect(documented.count > 10)
  }

  @Test("The table of metrics names the label of each metric that has one")
  func tableNamesLabels() {
    let labelled = documented.filter { $0.value.hasReason }.keys.sorted()
    #expect(labelled == ["xfer_connection_failures_total", "xfer_transfer_failures_total"])
  }

  @Test("Every metric that docs/operations.md uses is on the page")
  func usedMetricIsOnPage() {
    let names = Set(text.matches(of: /\bxfer_[a-z_]*[a-z]/).map { String($0.output) })
    let unknown = names.subtracting(Metrics.served(by: board).keys)
    #expect(unknown.isEmpty)
  }

  /// A metric as the table shows it.
  private struct Row {
    let type: String
    let hasReason: Bool
  }

  /// The rows of the table by the names of their metrics.
  private var documented: [String: Row] {
    var rows: [String: Row] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("| `xfer_") {
      let cells = line.split(separator: "|").map { MetricsDocumentTests.text(of: $0) }
      let name = String(cells[0].prefix { $0 != "{" })
      rows[name] = Row(type: cells[1], hasReason: cells[0].hasSuffix("{reason}"))
    }
    return rows
  }

  /// Returns the text of a cell without spaces and quotes.
  private static func text(of cell: Substring) -> String {
    String(cell).replacing(" ", with: "").replacing("`", with: "")
  }
}
