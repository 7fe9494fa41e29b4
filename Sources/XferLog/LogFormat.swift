/// The format of log lines.
package enum LogFormat: String, CaseIterable, Sendable {
  /// For people: time, level, process, message, details.
  case text
  /// For programs: one JSON object per line.
  case json
}
