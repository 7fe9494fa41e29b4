import XferProtocol
import XferText

/// The main counters in the Prometheus text exposition format, version 0.0.4.
public enum PrometheusText {
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  public static func render(_ board: Scoreboard) -> String {
    var text = ""
    for counter in Counter.allCases {
      let (name, help) = counter.metric
      text += family(name, "counter", help) + "\(name) \(board[counter])\n"
    }
    text += failures(
      board, .connection, "xfer_connection_failures_total", "Connections refused or broken off.")
    text += failures(
      board, .transfer, "xfer_transfer_failures_total", "Transfers refused or failed.")
    text += single("xfer_sessions", "Sessions that live now.", "\(board[.sessions])")
    text += single("xfer_draining", "1 while the receiver shuts down.", "\(board[.draining])")
    text += single(
      "xfer_recorder_ready", "1 while the recorder can record transfers.",
      "\(board[.recorderReady])")
    let started = Readable.decimal(Double(board[.startedAt]) / 1_000_000, places: 3)
    text += single("xfer_start_time_seconds", "When the receiver started, in Unix time.", started)
    return text
  }

  private static func failures(
    _ board: Scoreboard, _ scope: Scoreboard.Scope, _ name: String, _ help: String
  ) -> String {
    Reason.allCases.reduce(into: family(name, "counter", help)) { text, reason in
      text += "\(name){reason=\"\(reason.code)\"} \(board[scope, reason])\n"
    }
  }

  private static func single(_ name: String, _ help: String, _ value: String) -> String {
    family(name, "gauge", help) + "\(name) \(value)\n"
  }

  private static func family(_ name: String, _ type: String, _ help: String) -> String {
    "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }
}
