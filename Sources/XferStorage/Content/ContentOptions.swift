import XferProtocol

/// The treatment of content beyond writing it.
package struct ContentOptions: Sendable {
  /// True if written content is sent to the disk behind the writer. False suits lazy durability:
  /// no sync waits for it, and the kernel chooses a better time.
  package let writesBack: Bool
  /// The digest that is computed of the content.
  package let digest: DigestMethod
  /// True if a partial file is kept with its sums, so that it can be resumed.
  package let isResumable: Bool

  /// Creates options.
  package init(
    writesBack: Bool = true, digest: DigestMethod = .sha256, isResumable: Bool = true
  ) {
    self.writesBack = writesBack
    self.digest = digest
    self.isResumable = isResumable
  }
}
