import ArgumentParser
import Testing
import XferCommand

@Suite("An option of a time takes the forms that people write")
struct TimeOptionsTests {
  @Test(
    "A length of time is parsed with its unit",
    arguments: [("90s", 90), ("5m", 300), ("1.5h", 5400), ("0", 0), ("36500d", 3_153_600_000)]
      as [(String, Double)])
  func timeSpanIsParsed(_ text: String, _ seconds: Double) throws {
    #expect(try parseTimeSpan(text).seconds == seconds)
  }

  @Test("Text that is no length of time is refused with the forms of one")
  func invalidTimeSpanIsRefused() {
    let error = #expect(throws: ValidationError.self) { try parseTimeSpan("5x") }
    #expect(error?.message == "invalid duration \"5x\"; expected 30s, 5m, 2h, 1d or 1w")
  }

  @Test("A length of time over a hundred years is refused with the greatest one")
  func longTimeSpanIsRefused() {
    let error = #expect(throws: ValidationError.self) { try parseTimeSpan("36501d") }
    #expect(error?.message == "duration \"36501d\" is out of range; the maximum is 36500d")
  }

  @Test("A moment is parsed from RFC 3339")
  func momentIsParsed() throws {
    let moment = try parseMoment("2026-11-22T09:24:51.123Z")
    #expect(moment.microseconds == 1_795_339_491_123_000)
  }

  @Test("An age is a moment in the past, and a greater age an earlier one")
  func ageIsMomentInPast() throws {
    let (day, week) = (try parseMoment("1d"), try parseMoment("1w"))
    #expect(week < day && day < .now)
  }

  @Test("Text that is no time is refused with the forms of one", arguments: ["", "5", "now"])
  func invalidMomentIsRefused(_ text: String) {
    let error = #expect(throws: ValidationError.self) { try parseMoment(text) }
    #expect(error?.message.hasPrefix("invalid time \"\(text)\"; expected an age") == true)
  }
}
