/// Parses numbers of bytes.
package enum ByteCount {
  private static let units: [Character: UInt64] = [
    "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
  ]

  /// Parses `500M`, `20G` or `1048576`; units are powers of 1024. Returns nil if the text is not a
  /// size, or if it is more than a file may have (the maximum of a signed 64-bit offset).
  package static func parse(_ text: String) -> UInt64? {
    let unit = text.last.flatMap { units[Character($0.uppercased())] }
    guard let number = UInt64(unit == nil ? text : String(text.dropLast())) else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    return overflow || bytes > UInt64(Int64.max) ? nil : bytes
  }
}
