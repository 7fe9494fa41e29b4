import XferProtocol
import XferText

/// Names of variables, and parsers of durations and sizes.
enum SettingText {
  /// The prefix of the variables of the environment.
  static let variablePrefix = "XFERD_"
  /// A hundred years in seconds, which fit into 64 bits as nanoseconds.
  static let longest = Int(TimeSpan.century)

  /// Parses a duration in whole seconds, as `90s`, `5m`, `12h`, `2d`, `1w` or a number of seconds.
  /// Returns nil if the text is not one, or longer than a hundred years.
  static func seconds(_ text: String) -> Int? {
    guard let span = TimeSpan(text), span.seconds <= TimeSpan.century else { return nil }
    return span.wholeSeconds
  }

  /// Parses `500M`, `20G` or `1048576`; units are powers of 1024. Returns nil if the text is not a
  /// size or more than a file may have.
  static func bytes(_ text: String) -> UInt64? {
    let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let unit = text.last.flatMap { units[Character($0.uppercased())] }
    guard let number = UInt64(unit == nil ? text : String(text.dropLast())) else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    return overflow || bytes > WireLimits.size ? nil : bytes
  }

  /// True for the names that useradd(8) accepts.
  static func isUserName(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.-]{0,31}/) != nil
  }

  /// Returns the parsed default of a setting, which must be valid.
  static func valid<Value>(_ value: Value?, name: String) -> Value {
    guard let value else { preconditionFailure("the default of --\(name) is invalid") }
    return value
  }
}
