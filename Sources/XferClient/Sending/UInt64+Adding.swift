extension UInt64 {
  /// The sum, or the largest number where it is beyond: sizes are what a file system or a receiver says.
  func adding(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
