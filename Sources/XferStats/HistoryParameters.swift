import HummingbirdCore
import XferProtocol

/// The parameters of the page `/history`: `?limit=` (100 by default, at most 10000), `?client=` and
/// `?name=`. Others are ignored.
package enum HistoryParameters {
  /// The error of a parameter with a value that cannot be used. Its description is a sentence for
  /// the client.
  package struct Unusable: Error, CustomStringConvertible {
    /// The sentence.
    package let description: String
  }

  /// The rows of an answer.
  package static let rows: ClosedRange<UInt32> = 1...10_000

  /// Returns the rows for which a request asks. Throws `Unusable`.
  package static func filter(_ uri: URI) throws(Unusable) -> HistoryFilter {
    let parameters = uri.queryParameters
    var filter = HistoryFilter(limit: 100)
    if let text = parameters["limit"] {
      guard let limit = UInt32(text), rows.contains(limit) else {
        throw Unusable(description: "limit: expected a number from 1 to \(rows.upperBound)")
      }
      filter.limit = limit
    }
    filter.client = parameters["client"].map(String.init)
    filter.name = parameters["name"].map(String.init)
    return filter
  }
}
