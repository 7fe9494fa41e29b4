import XferStats
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

  /// Parses pages with commas between them, or `none`.
  static func openPages(_ text: String) -> Set<StatsServer.OpenPage>? {
    if text == "none" { return [] }
    let pages = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { ["health": StatsServer.OpenPage.health, "metrics": .metrics][String($0)] }
    return pages.contains(nil) ? nil : Set(pages.compactMap(\.self))
  }

  /// True for the names that useradd(8) accepts.
  static func isUserName(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.-]{0,31}/) != nil
  }

  /// Returns words as a choice: `on, require or off`.
  static func choice(of words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
  }

  /// Returns the parsed default of a setting, which must be valid.
  static func valid<Value>(_ value: Value?, name: String) -> Value {
    guard let value else { preconditionFailure("the default of --\(name) is invalid") }
    return value
  }
}
