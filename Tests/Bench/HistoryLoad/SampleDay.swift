/// A day as in the file names, and its number since 1970.
struct SampleDay {
  let number: Int
  let text: String

  /// The 365 days up to 23 November 2026.
  static let year: [SampleDay] = {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var (year, month, day) = (2025, 11, 24)
    return (20416..<20416 + 365).map { number in
      let text = "\(year)-\(padded(month, 2))-\(padded(day, 2))"
      day += 1
      if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
      return SampleDay(number: number, text: text)
    }
  }()
}
