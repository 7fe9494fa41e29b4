import XferMetrics
import XferProtocol
import XferStorage

/// What a session must know of the receiver's configuration.
public struct SessionOptions: Sendable {
  /// Bytes from which on a session syncs a file itself, so that only its own sender waits for it: what is
  /// shorter the recorder syncs, with others, while the next one comes in.
  static let ownSync: UInt64 = 16 << 20

  public let data: DataDirectory
  /// Whether what a session makes durable must be, before its receipt.
  public let durability: Durability
  /// What is computed of the content for the receipt and the history.
  public var digest = DigestMethod.sha256
  /// Bytes of the largest file that is taken.
  public var largestFile = WireLimits.size
  /// Bytes of the disk that transfers leave free.
  public var reserve: Int64 = 64 << 20
  /// How much is kept of a client's broken transfers.
  public var partials = PartialShares.Limits(files: 1000, bytes: .max)
  /// Bytes a second that a peer must bring while it sends; 0 lets it crawl.
  public var minRate = 100
  /// Seconds: for the greeting or the classic header to come; for a peer to say nothing in the
  /// middle of something; for a peer to say nothing between two things.
  public var headerTimeout = 10
  public var stallTimeout = 60
  public var idleTimeout = 300

  public init(data: DataDirectory, durability: Durability) {
    self.data = data
    self.durability = durability
  }

  var isDurable: Bool { durability == .durable }

  var care: ContentCare { ContentCare(writesBack: isDurable, digest: digest) }
  var classicCare: ContentCare {
    ContentCare(writesBack: isDurable, digest: digest, isResumable: false)
  }
}
