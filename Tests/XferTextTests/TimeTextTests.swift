import Glibc
import Testing
import XferText
import XferSystem

@Suite("A point in time is parsed and printed as text")
struct TimeTextTests {
  private static let now = Timestamp(microseconds: 2_000_000_000_000_000)

  @Test(
    "An age is parsed as the time that long before now",
    arguments: [
      ("90s", 90), ("0s", 0), ("90m", 5400), ("12h", 43_200), ("2d", 172_800), ("1w", 604_800),
      ("1.5h", 5400), ("1000000w", 604_800_000_000),
    ] as [(String, Int64)])
  func ageCountsBackFromNow(_ text: String, _ seconds: Int64) {
    let expected = TimeTextTests.now.microseconds - seconds * 1_000_000
    #expect(TimeText.parse(text, now: TimeTextTests.now)?.microseconds == expected)
  }

  @Test(
    "RFC 3339 is parsed in its own zone, with and without fractions",
    arguments: [
      ("2026-11-22T09:24:51Z", 1_795_339_491_000_000),
      ("2026-11-22T09:24:51.123Z", 1_795_339_491_123_000),
      ("2026-11-22T10:24:51+01:00", 1_795_339_491_000_000),
      ("2026-11-22T10:24:51.5+01:00", 1_795_339_491_500_000),
      ("1970-01-01T00:00:00Z", 0),
    ] as [(String, Int64)])
  func rfc3339KeepsItsZone(_ text: String, _ microseconds: Int64) {
    #expect(TimeText.parse(text)?.microseconds == microseconds)
  }

  @Test(
    "A date and a time without a zone are local",
    arguments: [
      ("2026-11-22", [2026, 11, 22, 0, 0, 0]), ("2026-11-22 10:24", [2026, 11, 22, 10, 24, 0]),
      ("2026-11-22 10:24:51", [2026, 11, 22, 10, 24, 51]),
      ("2026-11-22T10:24:51", [2026, 11, 22, 10, 24, 51]),
      ("2028-02-29", [2028, 2, 29, 0, 0, 0]),
    ] as [(String, [Int32])])
  func timeWithoutZoneIsLocal(_ text: String, _ parts: [Int32]) {
    var time = tm()
    (time.tm_year, time.tm_mon, time.tm_mday) = (parts[0] - 1900, parts[1] - 1, parts[2])
    (time.tm_hour, time.tm_min, time.tm_sec) = (parts[3], parts[4], parts[5])
    time.tm_isdst = -1
    #expect(TimeText.parse(text)?.microseconds == Int64(mktime(&time)) * 1_000_000)
  }

  @Test(
    "Text that is not a time is refused",
    arguments: [
      "", " ", "s", "m", "-5m", "5", "5x", "5 m", "99999999999d", "yesterday", "2026",
      "2026-11", "2026-13-01", "2026-00-10", "2026-11-00", "2026-11-32", "2026-11-22 24:00",
      "2026-11-22 10", "2026-11-22 10:60", "2026-11-22 10:24:51:00", "2026-11-22 10:24 ",
      "22.11.2026", "2026/11/22",
    ])
  func invalidTimeIsRefused(_ text: String) {
    #expect(TimeText.parse(text, now: TimeTextTests.now) == nil)
  }

  @Test("A day beyond the end of its month is refused", arguments: ["2026-02-30", "2026-04-31"])
  func dayBeyondMonthIsRefused(_ text: String) { #expect(TimeText.parse(text) == nil) }

  @Test(
    "RFC 3339 with trailing text or a part out of range is refused",
    arguments: [
      "2026-11-22T09:24:51Zzz", "2026-11-22T09:24:51Z 1", "2026-13-22T09:24:51Z",
      "2026-11-22T25:24:51Z",
    ])
  func invalidRFC3339IsRefused(_ text: String) { #expect(TimeText.parse(text) == nil) }

  @Test("RFC 3339 is printed in UTC with milliseconds, and parses back")
  func rfc3339RoundTrips() {
    let moment = Timestamp(microseconds: 1_795_339_491_123_456)
    #expect(TimeText.rfc3339(moment) == "2026-11-22T09:24:51.123Z")
    #expect(TimeText.parse("2026-11-22T09:24:51.123Z")?.microseconds == 1_795_339_491_123_000)
  }

  @Test(
    "A time is printed rounded down to the millisecond",
    arguments: [999_600, 999_999, 123_999] as [Int64])
  func rfc3339RoundsDown(_ part: Int64) {
    let text = TimeText.rfc3339(Timestamp(microseconds: 1_795_339_491_000_000 + part))
    #expect(text == "2026-11-22T09:24:51.\(part / 1000)Z")
  }

  @Test("A text that was parsed is written as the same text, at each millisecond")
  func parsedTextIsWrittenAgain() {
    for millisecond in 0..<1000 {
      let text = "2026-11-28T05:29:30.\(String(1000 + millisecond).dropFirst())Z"
      #expect(TimeText.parse(text).map(TimeText.rfc3339) == text)
    }
    let moments: [Int64] = [0, 999, -1, -1000, 1_795_843_770_501_999]
    let texts = [
      "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z",
      "1969-12-31T23:59:59.999Z", "2026-11-28T05:29:30.501Z",
    ]
    #expect(moments.map { TimeText.rfc3339(Timestamp(microseconds: $0)) } == texts)
  }

  @Test("An age is no moment, because its meaning changes with the time")
  func ageIsNoMoment() {
    for age in ["30d", "1h", "90s", "1.5h", "1w"] { #expect(TimeText.parseMoment(age) == nil) }
    let text = "2027-01-31T00:00:00Z"
    #expect(TimeText.parseMoment(text) == TimeText.parse(text))
    #expect(TimeText.parseMoment("2027-01-31") == TimeText.parse("2027-01-31"))
  }
}
