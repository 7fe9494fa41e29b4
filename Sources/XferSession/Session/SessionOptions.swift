import XferIdentity
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The settings of the receiver that a session uses.
package struct SessionOptions: Sendable {
  /// The size in bytes from which a session syncs a file itself, so that only its own sender waits.
  /// The recorder syncs smaller files in groups, while the sessions receive the next ones.
  static let ownSync: UInt64 = 16 << 20

  /// The directory that receives the files.
  package let data: DataDirectory
  /// The durability that a receipt promises.
  package let durability: Durability
  /// The store of published files.
  package let published: any PublishedStore
  /// The clients that are served.
  package var access = Access(mode: .open)
  /// The digest that is computed for the receipt and the history.
  package var digest = DigestMethod.sha256
  /// The largest accepted file in bytes.
  package var largestFile = WireLimits.size
  /// True if names of any bytes are accepted, not only UTF-8 without control characters.
  package var takesAnyName = false
  /// True if files get the permission bits that they have at their senders.
  package var keepsModes = true
  /// True if files get the times of the last change that they have at their senders.
  package var keepsTimes = true
  /// The number of bytes of the disk that transfers must leave free.
  package var reserve: Int64 = 64 << 20
  /// The limits of the partial files that are kept for one client.
  package var partials = PartialShares.Limits(files: 1000, bytes: .max)
  /// The least rate at which a peer must send content or take answers, in bytes per second; 0 is no
  /// limit.
  package var minRate = 100
  /// The networks of the trusted proxies, from which a PROXY header is required.
  package var trustedProxies: [Network] = []
  /// The number of connections that are served at once from one address behind a proxy.
  package var perAddress = 256
  /// The number of connections that are served at once for one enrolled client, unless its line
  /// says otherwise.
  package var perClient = Int.max
  /// The bytes a second that may arrive in all, and from one address. `.max` is no limit.
  package var bytesPerSecond = UInt64.max
  package var bytesPerSecondPerAddress = UInt64.max
  /// The time in which the greeting or the classic header must be complete.
  package var headerTimeout = Duration.seconds(10)
  /// The time that a peer may be silent in the middle of a transfer or a message.
  package var stallTimeout = Duration.seconds(60)
  /// The time that a peer may be silent between transfers.
  package var idleTimeout = Duration.seconds(300)

  /// Creates settings with the defaults above.
  package init(
    data: DataDirectory, published: any PublishedStore, durability: Durability
  ) {
    self.data = data
    self.published = published
    self.durability = durability
  }

  var isDurable: Bool { durability == .durable }

  /// The treatment of content of the native protocol.
  var contentOptions: ContentOptions { ContentOptions(writesBack: isDurable, digest: digest) }
  /// The treatment of content of the classic protocol, which cannot resume.
  var classicContentOptions: ContentOptions {
    ContentOptions(writesBack: isDurable, digest: digest, isResumable: false)
  }
}
