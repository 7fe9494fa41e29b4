/// An error of the history, by the action that it asks of its caller. The text names the cause.
package enum HistoryFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The disk or the quota is full, and nothing was written. A retry may succeed later.
  case full(String)
  /// Another program holds the history, and nothing was written. A retry may succeed later.
  case held(String)
  /// The transaction may or may not have been committed. Only the next process that opens the
  /// history finds out.
  case uncertain(String)
  /// The history cannot be used as it is, and an operator has to act. Nothing was changed in it.
  case unusable(String)
  /// Any other error. Nothing was written.
  case other(String)

  /// The cause and, if known, the remedy, as one sentence.
  package var description: String {
    switch self {
    case .full(let cause), .held(let cause), .uncertain(let cause), .unusable(let cause),
      .other(let cause):
      cause
    }
  }

  /// True if another program holds the history.
  package var isHeld: Bool { if case .held = self { true } else { false } }

  /// True if a retry may succeed later, when the disk has room or no other program holds the
  /// history.
  package var isPassing: Bool {
    switch self {
    case .full, .held: true
    case .uncertain, .unusable, .other: false
    }
  }
}
