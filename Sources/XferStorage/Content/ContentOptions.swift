import XferProtocol

/// What is done with content beside writing it.
public struct ContentCare: Sendable {
  /// Whether it is written back to the disk behind the writer: where nobody waits for a sync, the
  /// kernel chooses a better time.
  public let writesBack: Bool
  public let digest: DigestMethod
  /// Whether a part of it is kept with its sums, to be resumed.
  public let isResumable: Bool

  public init(
    writesBack: Bool = true, digest: DigestMethod = .sha256, isResumable: Bool = true
  ) {
    self.writesBack = writesBack
    self.digest = digest
    self.isResumable = isResumable
  }
}
