extension UInt64 {
  /// Returns the sum, clamped to the maximum, because file systems and receivers may report any
  /// size.
  package func adding(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
