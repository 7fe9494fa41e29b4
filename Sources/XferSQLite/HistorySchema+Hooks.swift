// A migration: the progress of the hooks.
extension HistorySchema {
  /// Adds the positions of the hooks, and the failed commands that are run again.
  ///
  /// - `kind`: 1 files, 2 sets.
  /// - `item`: the id of a row of `transfer`, or the `sequence` of a set.
  static let hooks = """
    CREATE TABLE hook_position (kind INTEGER PRIMARY KEY, item INTEGER NOT NULL);
    CREATE TABLE hook_retry (
      kind INTEGER NOT NULL, item INTEGER NOT NULL, attempts INTEGER NOT NULL,
      since INTEGER NOT NULL, due_at INTEGER NOT NULL, error TEXT NOT NULL,
      PRIMARY KEY (kind, item)
    ) WITHOUT ROWID;
    """
}
