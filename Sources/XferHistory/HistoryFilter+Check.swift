import XferProtocol

extension HistoryFilter {
  /// A question that is not even begun; the sentence says why, and what to do.
  public struct Unanswerable: Error, CustomStringConvertible, Sendable {
    public let description: String
  }

  /// Bytes of a pattern of names, as many as a name can have. SQLite compares a name with a pattern in a time
  /// that grows with both lengths: the worst pair of this length takes some 4 ms.
  static let longestPattern = FileName.maximumLength

  func check() throws(Unanswerable) {
    guard let name, name.utf8.count > HistoryFilter.longestPattern else { return }
    throw Unanswerable(
      description: """
        the pattern of names has \(name.utf8.count) bytes; \
        a name has \(HistoryFilter.longestPattern) at most, so give a shorter one
        """)
  }
}
