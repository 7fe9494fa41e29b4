/// Remembers, for every recorder of a receiver, that a sync of the whole file system has failed. It tells of each
/// failed write-back once, and a later one would succeed for what is not on disk (syncfs(2)). After that only the
/// sync of a file itself tells of its own.
public struct GroupSync: Sendable {
  public let isTrusted: @Sendable () -> Bool
  public let distrust: @Sendable () -> Void

  public init(
    isTrusted: @escaping @Sendable () -> Bool, distrust: @escaping @Sendable () -> Void
  ) {
    self.isTrusted = isTrusted
    self.distrust = distrust
  }
}
