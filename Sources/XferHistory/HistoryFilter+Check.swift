import XferProtocol

extension HistoryFilter {
  /// An error for a filter that is refused before the database is read.
  package struct Unanswerable: Error, CustomStringConvertible, Sendable {
    /// The reason and the remedy, as one sentence.
    package let description: String
  }

  /// The maximum number of bytes in a pattern of names, which is the maximum of a name.
  ///
  /// The time in which SQLite matches a name grows with the product of both lengths. The worst pair
  /// of this length takes about 4 ms.
  static let longestPattern = FileName.maximumLength

  /// Throws if the pattern of names is too long.
  package func check() throws(Unanswerable) {
    guard let name, name.utf8.count > HistoryFilter.longestPattern else { return }
    throw Unanswerable(
      description: """
        the pattern of names has \(name.utf8.count) bytes; \
        a name has \(HistoryFilter.longestPattern) at most, so give a shorter one
        """)
  }
}
