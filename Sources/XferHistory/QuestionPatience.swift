/// How an asker stands to its question, as far as its connection tells.
public enum Asker: Sendable {
  case there
  /// It has closed its sending side, which a client may do that reads on, and which one does that leaves.
  case silent
  case gone
}

/// How long SQLite may work for a question, and how it is known that its answer is wanted no more.
public struct QuestionPatience: Sendable {
  /// Seconds that SQLite may work without a row; each 1,000 rows give a second back (`QuestionWork`).
  public let seconds: Int
  /// Asked some twenty times a second while SQLite works.
  public let asker: @Sendable () -> Asker

  /// The same if the asker has closed its sending side. It may read on, or it may have left.
  static let silentSeconds = 3

  public init(seconds: Int, asker: @escaping @Sendable () -> Asker = { .there }) {
    self.seconds = seconds
    self.asker = asker
  }
}

/// A question that was broken off.
public struct QuestionBrokenOff: Error, CustomStringConvertible, Sendable {
  public let description: String

  static let gone = QuestionBrokenOff(description: "the question's asker has left")

  static func afterWork(of seconds: Int) -> QuestionBrokenOff {
    QuestionBrokenOff(
      description: """
        the question took longer than \(seconds) seconds and one more for each 1,000 of its rows; \
        narrow it by the time, the client or the beginning of names
        """)
  }

  static let silent = QuestionBrokenOff(
    description: """
      the question took longer than \(QuestionPatience.silentSeconds) seconds and one more for each 1,000 of its rows, \
      and its asker may have left; keep the connection open in both directions
      """)
}
