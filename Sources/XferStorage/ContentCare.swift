import XferProtocol

/// What is done with content beside writing it.
public struct ContentCare: Sendable {
  /// Whether it is written back to the disk behind the writer: where nobody waits for a sync, the
  /// kernel chooses a better time.
  public let writesBack: Bool
  public let digest: DigestMethod

  public init(writesBack: Bool = true, digest: DigestMethod = .sha256) {
    self.writesBack = writesBack
    self.digest = digest
  }
}
