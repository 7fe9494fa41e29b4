import ArgumentParser

/// A length of time as it is typed: `30s`, `5m`, `2h`, `1d`, or seconds.
struct TimeSpan: ExpressibleByArgument {
  let seconds: Double
  let defaultValueDescription: String

  init(seconds: Double, as text: String) {
    self.seconds = seconds
    defaultValueDescription = text
  }

  init?(argument: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = argument.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? argument : String(argument.dropLast())), number >= 0
    else { return nil }
    self.init(seconds: number * (unit ?? 1), as: argument)
  }
}
