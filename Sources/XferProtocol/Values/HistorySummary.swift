/// The figures of the stats page. They are read from the totals, so that they cost the same at any
/// length of the history.
package struct HistorySummary: Sendable {
  /// The numbers of transfers and failures over a time or for a client.
  package struct Sum: Sendable {
    /// The number of completed transfers.
    package let transfers: Int64
    /// The number of bytes in the files of completed transfers.
    package let bytes: Int64
    /// The number of failures.
    package let failures: Int64

    /// Creates a sum.
    package init(transfers: Int64, bytes: Int64, failures: Int64) {
      (self.transfers, self.bytes, self.failures) = (transfers, bytes, failures)
    }
  }

  /// The sum since the history was created. Removed rows are included.
  package let all: Sum
  /// The sum of the last 60 seconds.
  package let lastMinute: Sum
  /// The sum of the last 3,600 seconds.
  package let lastHour: Sum
  /// The codes of reasons with their numbers of failures, most frequent first.
  package let failures: [(reason: String, count: Int64)]
  /// The keys of at most ten clients, those that sent the most bytes first.
  package let busiest: [(client: String, sum: Sum)]
  /// The newest rows, newest first; at most ten.
  package let latest: [HistoryEntry]

  /// Creates a summary. `busiest` and `latest` have at most ten elements.
  package init(
    all: Sum, lastMinute: Sum, lastHour: Sum, failures: [(reason: String, count: Int64)],
    busiest: [(client: String, sum: Sum)], latest: [HistoryEntry]
  ) {
    self.all = all
    self.lastMinute = lastMinute
    self.lastHour = lastHour
    self.failures = failures
    self.busiest = busiest
    self.latest = latest
  }
}
