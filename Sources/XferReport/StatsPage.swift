import XferMetrics
import XferProtocol
import XferSystem
import XferText

/// Writes the stats page, plain text for people.
package enum StatsPage {
  /// Returns the page. `summary` is nil if the history cannot be read now.
  package static func render(
    _ board: Scoreboard, summary: HistorySummary?, now: Timestamp = .now
  ) -> String {
    var lines = live(board, now: now)
    guard let summary else {
      return (lines + ["", "The history cannot be read now."]).joined(separator: "\n") + "\n"
    }
    lines += [""] + totals(summary) + [""] + failures(summary) + [""] + clients(summary)
    var table = HistoryTable()
    lines += ["", "Last transfers"] + table.lines(summary.latest, indent: 2)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func live(_ board: Scoreboard, now: Timestamp) -> [String] {
    let started = Timestamp(microseconds: board[.startedAt])
    let up = Readable.duration(seconds: now.seconds - started.seconds)
    let state =
      board.shutdownStage != .running
      ? "shutting down" : board[.recorderReady] > 0 ? "ready" : "not ready"
    return [
      "xfer receiver, \(state)",
      "",
      "Up since      \(TimeText.rfc3339(started)) (\(up))",
      "Sessions now  \(board[.sessions])",
    ] + hooks(board) + SessionsTable.lines(board, now: now)
  }

  /// The line about hooks, if the receiver has any.
  private static func hooks(_ board: Scoreboard) -> [String] {
    guard board[.hooksStarts] > 0 else { return [] }
    var line = "Hooks         \(board[.hooksRunning]) running, \(board[.hooksSucceeded]) succeeded"
    if board[.hooksWaiting] > 0 { line += ", \(board[.hooksWaiting]) failed and wait" }
    if board[.hooksGivenUp] > 0 { line += ", \(board[.hooksGivenUp]) given up" }
    return [line]
  }

  private static func totals(_ summary: HistorySummary) -> [String] {
    let rows = [
      ("In all", summary.all), ("Last hour", summary.lastHour), ("Last minute", summary.lastMinute),
    ]
    return TextTable(
      header: ["", "transfers", "bytes", "failures"], alignment: [.left, .right, .right, .right],
      rows: rows.map { [$0, "\($1.transfers)", Readable.bytes($1.bytes), "\($1.failures)"] }
    ).lines()
  }

  private static func failures(_ summary: HistorySummary) -> [String] {
    guard !summary.failures.isEmpty else { return ["Failures by reason: none"] }
    return ["Failures by reason"]
      + TextTable(
        alignment: [.left, .right], rows: summary.failures.map { [$0.reason, "\($0.count)"] }
      ).lines(indent: 2)
  }

  private static func clients(_ summary: HistorySummary) -> [String] {
    guard !summary.busiest.isEmpty else { return ["Busiest clients: none yet"] }
    let rows = summary.busiest.map { client in
      [
        client.client, "\(client.sum.transfers)", Readable.bytes(client.sum.bytes),
        "\(client.sum.failures)",
      ]
    }
    return ["Busiest clients"]
      + TextTable(
        header: ["client", "transfers", "bytes", "failures"],
        alignment: [.left, .right, .right, .right], rows: rows
      ).lines(indent: 2)
  }
}
