import Testing
import XferProtocol

@testable import XferMetrics

@Suite("The metrics are a page of the Prometheus text format")
struct PrometheusTextTests {
  private let board: Scoreboard

  init() throws { board = try Scoreboard(sessions: 1) }

  @Test("The page has the media type of the text format")
  func pageHasMediaType() {
    #expect(PrometheusText.contentType == "text/plain; version=0.0.4; charset=utf-8")
  }

  @Test("Every metric has one HELP line and one TYPE line right before its samples")
  func metricHasHelpAndType() {
    var families: [String] = []
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      switch words.prefix(2) {
      case ["#", "HELP"]:
        families.append(words[2])
        #expect(words.count == 4, "\(line)")
      case ["#", "TYPE"]:
        #expect(words[2] == families.last, "\(line)")
        #expect(["counter", "gauge"].contains(words[3]), "\(line)")
      default:
        let name = line.prefix { $0 != "{" && $0 != " " }
        #expect(String(name) == families.last, "\(line)")
      }
    }
    #expect(Set(families).count == families.count)
    #expect(families.count > Counter.allCases.count)
    #expect(lines.filter { $0.hasPrefix("# TYPE ") }.count == families.count)
  }

  @Test("Every metric is named after the program, and a counter is named a total")
  func namesFollowConventions() {
    for (name, type) in Metrics.served(by: board) {
      #expect(name.hasPrefix("xfer_"))
      #expect(name.hasSuffix("_total") == (type == "counter"), "\(name)")
      #expect(name.utf8.allSatisfy { $0 == 0x5f || (0x61...0x7a).contains($0) }, "\(name)")
    }
  }

  @Test("Every counter is on the page with its value", arguments: Counter.allCases)
  func counterHasItsValue(_ counter: Counter) {
    board.add(counter, by: Int64(100 + counter.rawValue))
    let (name, help) = counter.metric
    #expect(lines.contains("\(name) \(100 + counter.rawValue)"))
    #expect(lines.contains("# HELP \(name) \(help)"))
    #expect(lines.contains("# TYPE \(name) counter"))
  }

  @Test("Failures have a sample for each reason", arguments: Reason.allCases)
  func failuresHaveSampleForReason(_ reason: Reason) {
    board.count(.connection, reason: reason)
    for _ in 0..<2 { board.count(.transfer, reason: reason) }
    #expect(lines.contains("xfer_connection_failures_total{reason=\"\(reason.code)\"} 1"))
    #expect(lines.contains("xfer_transfer_failures_total{reason=\"\(reason.code)\"} 2"))
    let samples = lines.filter { $0.hasPrefix("xfer_transfer_failures_total{") }
    #expect(samples.count == Reason.allCases.count)
  }

  @Test("The gauges show the sessions, the stage of the shutdown, the recorder and the start")
  func gaugesHaveTheirValues() {
    board.set(.sessions, 3)
    board.set(.recorderReady, 1)
    board.set(.startedAt, 1_795_339_491_123_456)
    board.shutdownStage = .draining
    #expect(lines.contains("xfer_sessions 3"))
    #expect(lines.contains("xfer_recorder_ready 1"))
    #expect(lines.contains("xfer_draining 1"))
    #expect(lines.contains("xfer_start_time_seconds 1795339491.123"))
  }

  @Test("The page ends with a line feed and has no empty line")
  func pageHasNoEmptyLine() {
    #expect(PrometheusText.render(board).hasSuffix("\n"))
    #expect(!PrometheusText.render(board).contains("\n\n"))
  }

  private var lines: [String] {
    PrometheusText.render(board).split(separator: "\n").map(String.init)
  }
}
