/// A history, as a program names it to the processes that use it.
///
/// A process opens the history itself, after its fork: a database handle must not cross a fork.
package protocol HistoryStore: Sendable {
  /// Opens the history for its only writer, or creates it if there is none, and migrates it to this
  /// version.
  ///
  /// `whenUpgrading` is called before the rows of an earlier version are migrated, because that may
  /// take long. Throws `.full` or `.held` if the history may become usable without a change, else
  /// `.unusable`.
  func openWriter(whenUpgrading: () -> Void) throws(HistoryFailure) -> any HistoryWriter

  /// Opens the history read-only. Without `patience` the time of a query is not bounded. Throws
  /// `.full`, `.held` or `.unusable` if it cannot be opened or is not a history.
  func openReader(patience: QuestionPatience?) throws(HistoryFailure) -> any HistoryReader
}
