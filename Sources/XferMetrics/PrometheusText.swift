import XferProtocol
import XferText

/// The counters and gauges in the Prometheus text exposition format, version 0.0.4.
package enum PrometheusText {
  /// The media type of the page.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// Returns the page.
  package static func render(_ board: Scoreboard) -> String {
    counters(board) + gauges(board)
  }

  private static func counters(_ board: Scoreboard) -> String {
    var text = ""
    for counter in Counter.allCases {
      let (name, help) = counter.metric
      text += family(name, type: "counter", help: help) + "\(name) \(board[counter])\n"
    }
    text += failures(
      .connection, on: board, name: "xfer_connection_failures_total",
      help: "Connections refused or broken off.")
    text += failures(
      .transfer, on: board, name: "xfer_transfer_failures_total",
      help: "Transfers refused or failed.")
    return text
  }

  private static func gauges(_ board: Scoreboard) -> String {
    let started = Readable.decimal(Double(board[.startedAt]) / 1_000_000, places: 3)
    return gauge("xfer_sessions", value: "\(board[.sessions])", help: "Live sessions.")
      + gauge(
        "xfer_draining", value: "\(board.shutdownStage.rawValue)",
        help: "0 while the receiver runs, 1 while transfers finish, 2 while sessions must end.")
      + gauge(
        "xfer_recorder_ready", value: "\(board[.recorderReady])",
        help: "1 while the recorder can record transfers.")
      + gauge(
        "xfer_hooks_running", value: "\(board[.hooksRunning])",
        help: "Commands of hooks that run now.")
      + gauge(
        "xfer_hooks_waiting", value: "\(board[.hooksWaiting])",
        help: "Failed commands of hooks that wait to be run again.")
      + gauge(
        "xfer_start_time_seconds", value: started,
        help: "When the receiver started, in Unix time.")
  }

  private static func failures(
    _ scope: Scoreboard.Scope, on board: Scoreboard, name: String, help: String
  ) -> String {
    Reason.allCases.reduce(into: family(name, type: "counter", help: help)) { text, reason in
      text += "\(name){reason=\"\(reason.code)\"} \(board[scope, reason])\n"
    }
  }

  private static func gauge(_ name: String, value: String, help: String) -> String {
    family(name, type: "gauge", help: help) + "\(name) \(value)\n"
  }

  private static func family(_ name: String, type: String, help: String) -> String {
    "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }
}
