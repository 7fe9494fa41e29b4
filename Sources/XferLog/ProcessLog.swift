import Glibc
import Logging

/// How log lines are written.
public enum LogFormat: String, CaseIterable, Sendable {
  /// For a person: time, level, process, what happened, details.
  case text
  /// For a machine: one JSON object a line.
  case json
}

/// The log of xfer: one line per event, whole lines in each `write`, on standard error.
public enum ProcessLog {
  /// Once per program, before the first logger is made.
  public static func start(format: LogFormat, level: Logger.Level) {
    LogOutput.prepare()
    LoggingSystem.bootstrap { label in
      LineLogHandler(process: label, format: format, logLevel: level)
    }
  }

  /// Lines of `body` may wait for its end, to be written together. For what is done at once: a process that is
  /// killed in the middle has not said them.
  public static func gather<Value>(_ body: () throws -> Value) rethrows -> Value {
    try LogOutput.gather(body)
  }

  /// Makes a line of such details and writes it nowhere: the first line costs a process much.
  public static func rehearse(_ details: Logger.Metadata) {
    let line = LogLine(level: .info, process: "", pid: 0, message: "", details: details)
    for format in LogFormat.allCases { _ = line.rendered(as: format) }
  }
}

struct LineLogHandler: LogHandler {
  /// The role of the process that speaks; its pid is asked for at each line, as forks share loggers.
  let process: String
  let format: LogFormat
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let details = metadata.merging(event.metadata ?? [:]) { $1 }
    let line = LogLine(
      level: event.level, process: process, pid: getpid(), message: "\(event.message)",
      details: details)
    var bytes = Array(line.rendered(as: format).utf8)
    bytes.append(UInt8(ascii: "\n"))
    LogOutput.write(bytes)
  }
}
