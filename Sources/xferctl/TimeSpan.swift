import ArgumentParser

/// A length of time as it is typed: `30s`, `5m`, `2h`, `1d`, or seconds.
struct TimeSpan: CustomStringConvertible {
  /// A hundred years: what is longer is a mistake, and could not be counted in nanoseconds.
  private static let longest = 36_500 * 86_400.0

  let seconds: Double
  /// As it was typed.
  let description: String

  init(seconds: Double, as text: String) {
    self.seconds = seconds
    description = text
  }

  static func parse(_ text: String) throws -> TimeSpan {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text : String(text.dropLast())), number.isFinite else {
      throw ValidationError("\"\(text)\" is no length of time; give one as 30s, 5m, 2h or 1d")
    }
    let seconds = number * (unit ?? 1)
    guard (0...longest).contains(seconds) else {
      throw ValidationError("\"\(text)\" is out of range; give a time from 0s to 36500d")
    }
    return TimeSpan(seconds: seconds, as: text)
  }
}
