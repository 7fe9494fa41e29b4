import ArgumentParser
import XferSystem
import XferText

/// Parses an option that is a length of time. Throws if it is not one, or is over a hundred years.
package func parseTimeSpan(_ text: String) throws -> TimeSpan {
  guard let span = TimeSpan(text) else {
    throw ValidationError("invalid duration \"\(text)\"; expected 30s, 5m, 2h, 1d or 1w")
  }
  guard span.seconds <= TimeSpan.century else {
    throw ValidationError("duration \"\(text)\" is out of range; the maximum is 36500d")
  }
  return span
}

/// Parses an option that is a moment: an age, a date, a time or RFC 3339.
package func parseMoment(_ text: String) throws -> Timestamp {
  guard let moment = TimeText.parse(text) else {
    throw ValidationError(
      "invalid time \"\(text)\"; expected an age such as 90m or 2d, or a date such as 2026-11-22 "
        + "or \"2026-11-22 10:30\"")
  }
  return moment
}
