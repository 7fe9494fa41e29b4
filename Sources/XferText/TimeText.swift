import FoundationEssentials
import Glibc
import XferSystem

/// Writes moments as text, and parses them.
package enum TimeText {
  /// Returns RFC 3339 in UTC with milliseconds, for programs: `2026-11-22T09:24:51.123Z`.
  package static func rfc3339(_ moment: Timestamp) -> String {
    // The format cuts what is below a millisecond. A tenth of one is added, because most
    // milliseconds are a little less as a Double, and the text of a parsed text would differ.
    let part = moment.microseconds % 1000
    let milliseconds = moment.microseconds - (part < 0 ? part + 1000 : part)
    return Date(timeIntervalSince1970: Double(milliseconds) / 1e6 + 1e-4)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// Returns local time to the second, for people: `2026-11-22 10:24:51`.
  package static func local(_ moment: Timestamp) -> String {
    var seconds = time_t(moment.microseconds / 1_000_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "\(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }

  /// Parses an age before `now` (`90s`, `90m`, `1.5h`, `2d`, `1w`), a local date (`2026-11-22`), a
  /// local time (`2026-11-22 10:24`, with or without seconds), or RFC 3339. Returns nil if `text`
  /// is none of these.
  package static func parse(_ text: String, now: Timestamp = .now) -> Timestamp? {
    age(text).map { Timestamp(microseconds: now.microseconds - $0) } ?? parseMoment(text)
  }

  /// Parses a text that means the same at any time: a local date or time, or RFC 3339. Returns nil
  /// for any other one, such as an age.
  package static func parseMoment(_ text: String) -> Timestamp? {
    absolute(text) ?? localTime(text)
  }

  private static func age(_ text: String) -> Int64? {
    // Without a unit it would be a year: "2026" is not an age.
    guard let unit = text.last, TimeSpan.secondsPerUnit(unit) != nil else { return nil }
    return TimeSpan(text)?.microseconds
  }

  private static func absolute(_ text: String) -> Timestamp? {
    // The parser ignores trailing text and accepts hours beyond 23, hence this check.
    let form = /\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d)/
    guard text.wholeMatch(of: form) != nil else { return nil }
    let styles = [false, true].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
    let date = styles.lazy.compactMap { try? Date(text, strategy: $0) }.first
    return date.map { Timestamp(microseconds: Int64(($0.timeIntervalSince1970 * 1e6).rounded())) }
  }

  private static func localTime(_ text: String) -> Timestamp? {
    let halves = text.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { Int32($0) }
    let time = halves.dropFirst().first?.split(separator: ":", omittingEmptySubsequences: false)
      .map { Int32($0) }
    let values = (date + (time ?? [0, 0])).compactMap { $0 }
    guard halves.count < 3, date.count == 3, values.count == date.count + (time?.count ?? 2),
      (5...6).contains(values.count), isPlausible(values)
    else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (values[0] - 1900, values[1] - 1, values[2])
    (parts.tm_hour, parts.tm_min) = (values[3], values[4])
    parts.tm_sec = values.count == 6 ? values[5] : 0
    parts.tm_isdst = -1
    let seconds = mktime(&parts)
    guard parts.tm_mday == values[2] else { return nil }  // mktime turns 30 February into March
    return Timestamp(microseconds: Int64(seconds) * 1_000_000)
  }

  private static func isPlausible(_ values: [Int32]) -> Bool {
    let bounds: [ClosedRange<Int32>] = [1970...9999, 1...12, 1...31, 0...23, 0...59, 0...60]
    return zip(bounds, values).allSatisfy { $0.contains($1) }
  }
}
