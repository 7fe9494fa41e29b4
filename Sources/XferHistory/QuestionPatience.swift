/// The state of the client that sent a query, as far as its connection shows it.
package enum Asker: Sendable {
  /// The client is connected.
  case there
  /// The client has closed its sending side. It may still read, or it may have disconnected.
  case silent
  /// The client has disconnected.
  case gone
}

/// The bounds of the work for a query, and the check that its client still waits.
package struct QuestionPatience: Sendable {
  /// The number of seconds that the database may work without a result. Each 1,000 rows of the
  /// result add a second.
  package let seconds: Int
  /// Returns the state of the client. It is called about 20 times a second while the
  /// database works.
  package let asker: @Sendable () -> Asker

  /// The same bound as `seconds`, for a client that has closed its sending side.
  package static let silentSeconds = 3

  /// Creates bounds. Without `asker` the client is treated as connected.
  package init(seconds: Int, asker: @escaping @Sendable () -> Asker = { .there }) {
    self.seconds = seconds
    self.asker = asker
  }
}

/// An error for a query that was interrupted.
package struct QuestionBrokenOff: Error, CustomStringConvertible, Sendable {
  /// The reason and, if there is one, the remedy, as one sentence.
  package let description: String

  /// The error of a query with a client that is gone.
  package static let gone = QuestionBrokenOff(
    description: "the client that sent the question has disconnected")

  /// The error of a query that has used up its seconds of work.
  package static func afterWork(of seconds: Int) -> QuestionBrokenOff {
    QuestionBrokenOff(
      description: """
        the question took longer than \(seconds) seconds and one more for each 1,000 of its rows; \
        narrow it by time, client or the beginning of names
        """)
  }

  /// The same for a client that has closed its sending side.
  package static let silent = QuestionBrokenOff(
    description: """
      the question took longer than \(QuestionPatience.silentSeconds) seconds \
      and one more for each 1,000 of its rows, and its client has closed its sending side; \
      keep the connection open in both directions
      """)
}
