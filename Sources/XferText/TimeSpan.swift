/// A length of time as a person types it: a number with the unit `s`, `m`, `h`, `d` or `w`, or a
/// number of seconds. The number may have a fraction: `90s`, `5m`, `1.5h`, `2d`, `1w`, `300`.
package struct TimeSpan: Sendable, CustomStringConvertible {
  /// A hundred years, the upper bound of every option: nanoseconds of it fit into 64 bits.
  package static let century = 36_500 * 86_400.0

  /// A million weeks: microseconds of it fit into 64 bits.
  private static let maximum = 1_000_000 * 604_800.0

  /// Not negative, and finite.
  package let seconds: Double
  /// The text that was parsed.
  package let description: String

  /// `text` is the description; it should parse to `seconds`.
  package init(seconds: Double, as text: String) {
    self.seconds = seconds
    description = text
  }

  /// Returns nil if `text` is not a length of time from 0 to a million weeks.
  package init?(_ text: String) {
    let unit = text.last.flatMap(TimeSpan.secondsPerUnit)
    guard let number = Double(unit == nil ? text : String(text.dropLast())) else { return nil }
    let seconds = number * (unit ?? 1)
    guard (0...TimeSpan.maximum).contains(seconds) else { return nil }
    self.init(seconds: seconds, as: text)
  }

  /// The length of time, rounded to the nearest microsecond.
  package var duration: Duration { .microseconds(microseconds) }

  /// Seconds without a fraction; nil if there is a fraction.
  package var wholeSeconds: Int? { Int(exactly: seconds) }

  /// Rounded to the nearest microsecond.
  package var microseconds: Int64 {
    let whole = seconds.rounded(.down)
    return Int64(whole) * 1_000_000 + Int64(((seconds - whole) * 1e6).rounded())
  }

  /// Returns nil if `letter` is not a unit.
  static func secondsPerUnit(_ letter: Character) -> Double? {
    switch letter {
    case "s": 1
    case "m": 60
    case "h": 3600
    case "d": 86_400
    case "w": 604_800
    default: nil
    }
  }
}
