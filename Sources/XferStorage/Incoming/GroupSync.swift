/// Remembers, for every recorder of a receiver, that a sync of the whole file system has failed. It tells of each
/// failed write-back once, and a later one would succeed for what is not on disk (syncfs(2)). After that only the
/// sync of a file itself tells of its own.
public struct GroupSync: Sendable {
  public let isTrusted: @Sendable () -> Bool
  public let distrust: @Sendable () -> Void
  /// Told before files are synced and when all that follows from the outcome is done: a recorder that dies in
  /// between may have heard of an error, and nothing else has.
  public let isUnderWay: @Sendable (Bool) -> Void

  public init(
    isTrusted: @escaping @Sendable () -> Bool, distrust: @escaping @Sendable () -> Void,
    isUnderWay: @escaping @Sendable (Bool) -> Void
  ) {
    self.isTrusted = isTrusted
    self.distrust = distrust
    self.isUnderWay = isUnderWay
  }
}
