import Glibc
import Logging

/// The log of a receiver on standard error: one line per event, only whole lines in each write(2).
package enum ProcessLog {
  /// Sets up the log. Must be called once, before the first logger is made and before the first
  /// fork.
  package static func start(format: LogFormat, level: Logger.Level) {
    _ = LogOutput.standardError
    LoggingSystem.bootstrap { label in
      LineLogHandler(process: label, format: format, logLevel: level)
    }
  }

  /// Buffers the lines that `body` logs and writes them together at its end.
  ///
  /// `body` must be short, because the buffered lines are lost if the process is killed.
  package static func gather<Value>(_ body: () throws -> Value) rethrows -> Value {
    try LogOutput.standardError.gather(body)
  }

  /// Renders a line with these details and discards it. The first line of a process is expensive;
  /// after this call its forked children inherit the work.
  package static func prewarm(_ details: Logger.Metadata) {
    let line = LogLine(level: .info, process: "", pid: 0, message: "", details: details)
    for format in LogFormat.allCases { _ = line.rendered(as: format) }
  }
}

/// A log handler that writes each event as one line.
struct LineLogHandler: LogHandler {
  /// The role of the process. The pid is read for each line, because a fork copies the logger.
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
    LogOutput.standardError.write(bytes)
  }
}
