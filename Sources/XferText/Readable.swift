/// Formats sizes, rates and durations for people.
package enum Readable {
  private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

  /// Returns a size in bytes as `0 B`, `17 B`, `4.0 KiB` or `1.5 GiB`.
  package static func bytes(_ count: some BinaryInteger) -> String { scaled(Double(count)) }

  /// Returns a rate as `1.2 GiB/s`.
  package static func rate(_ bytesPerSecond: Double) -> String { scaled(bytesPerSecond) + "/s" }

  private static func scaled(_ value: Double) -> String {
    var (value, unit) = (value, 0)
    while value >= 1023.95, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(whole(value)) B" : "\(decimal(value, places: 1)) \(units[unit])"
  }

  /// Returns progress in bytes as `38 of 120 GiB`, both in the unit of the total.
  package static func share(_ done: UInt64, of total: UInt64) -> String {
    var (scale, unit) = (1.0, 0)
    while Double(total) / scale >= 1023.95, unit < units.count - 1 {
      scale *= 1024
      unit += 1
    }
    let figures = [done, total].map { count in
      let value = Double(count) / scale
      return decimal(value, places: unit > 0 && value < 9.95 ? 1 : 0)
    }
    return "\(figures[0]) of \(figures[1]) \(units[unit])"
  }

  /// Returns a duration as `0.4 ms`, `12 ms`, `3.2 s`, `4m 05s`, `2h 03m` or `3d 04h`.
  package static func duration(_ duration: Duration) -> String {
    self.duration(seconds: duration.inSeconds)
  }

  /// Returns a number of seconds in the same way. Infinity and NaN are accepted.
  package static func duration(seconds: Double) -> String {
    switch seconds {
    case ..<0.01: return decimal(max(seconds, 0) * 1000, places: 1) + " ms"
    case ..<1: return "\(whole(seconds * 1000)) ms"
    case ..<60: return decimal(seconds, places: 1) + " s"
    default: return long(whole(seconds))
    }
  }

  private static func long(_ seconds: Int) -> String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if seconds < 3600 { return "\(seconds / 60)m \(two(seconds % 60))s" }
    if seconds < 86_400 { return "\(seconds / 3600)h \(two(seconds / 60 % 60))m" }
    return "\(seconds / 86_400)d \(two(seconds / 3600 % 24))h"
  }

  /// Returns a number with its noun, as `1 file`, `2 files` or `2 directories`.
  package static func count(_ number: some BinaryInteger, of noun: String) -> String {
    if number == 1 { return "1 \(noun)" }
    return noun.hasSuffix("y") ? "\(number) \(noun.dropLast())ies" : "\(number) \(noun)s"
  }

  /// Returns the number without its fraction, clamped to 62 bits; 0 for NaN.
  private static func whole(_ value: Double) -> Int {
    if value.isNaN { return 0 }
    return Int(min(max(value, -0x1p62), 0x1p62))
  }

  /// Returns a decimal with a fixed number of places, independent of the locale.
  package static func decimal(_ value: Double, places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = whole((value * scale).rounded())
    guard places > 0 else { return "\(scaled)" }
    let digits = String(abs(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return (scaled < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
  }
}
