/// Remembers, for all later recorders of a receiver, that a sync of the whole file system has
/// failed.
///
/// syncfs(2) reports each write-back error once, whichever file it concerns. A later call succeeds
/// although content is not on disk. After such an error only fsync on the file itself can be
/// trusted.
package struct GroupSync: Sendable {
  /// Returns true if no sync of the file system has failed.
  package let isTrusted: @Sendable () -> Bool
  /// Records that a sync of the file system has failed.
  package let distrust: @Sendable () -> Void
  /// Called with true before files are synced, and with false when the consequences of the result
  /// are done. A recorder that dies in between may have taken an error with it.
  package let isUnderWay: @Sendable (Bool) -> Void

  /// Creates the state from its closures.
  package init(
    isTrusted: @escaping @Sendable () -> Bool, distrust: @escaping @Sendable () -> Void,
    isUnderWay: @escaping @Sendable (Bool) -> Void
  ) {
    self.isTrusted = isTrusted
    self.distrust = distrust
    self.isUnderWay = isUnderWay
  }
}
