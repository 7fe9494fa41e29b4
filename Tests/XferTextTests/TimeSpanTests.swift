import Testing
import XferText

@Suite("A time span is parsed from a number and a unit")
struct TimeSpanTests {
  @Test(
    "A time span takes a unit from seconds to weeks, and defaults to seconds",
    arguments: [
      ("90s", 90), ("5m", 300), ("12h", 43_200), ("2d", 172_800), ("1w", 604_800), ("300", 300),
      ("0", 0), ("1.5h", 5400), ("0.25s", 0.25), ("36500d", 3_153_600_000),
    ] as [(String, Double)])
  func unitsReachFromSecondsToWeeks(text: String, seconds: Double) throws {
    let span = try #require(TimeSpan(text))
    #expect(span.seconds == seconds)
    #expect(span.description == text)
    #expect(span.microseconds == Int64(seconds * 1e6))
  }

  @Test(
    "Text that is not a time span is refused",
    arguments: [
      "", " ", "s", "w", "-1", "-5s", "5x", "5 m", "inf", "infd", "nan", "nans", "1e300",
      "99999999999d",
    ])
  func invalidSpanIsRefused(text: String) { #expect(TimeSpan(text) == nil) }

  @Test("A span with a fraction of a second has no whole seconds")
  func fractionHasNoWholeSeconds() {
    #expect(TimeSpan("1.5h")?.wholeSeconds == 5400)
    #expect(TimeSpan("1.5s")?.wholeSeconds == nil)
  }
}
