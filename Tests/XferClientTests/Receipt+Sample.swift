import XferProtocol
import XferSystem

extension Receipt {
  /// Returns a receipt for a file `a` of three bytes. `publishedAt` is in microseconds since 1970.
  static func sample(
    id: TransferID = TransferID(high: 1, low: 2), digest: Digest? = nil,
    publishedAt: Int64 = 2_000_000, standing: Standing = .new, next: TransferID? = nil,
    durability: Durability = .durable
  ) throws -> Receipt {
    Receipt(
      id: id, name: try FileName("a"), size: 3, digest: digest,
      startedAt: Timestamp(microseconds: 1_000_000),
      publishedAt: Timestamp(microseconds: publishedAt), durability: durability, standing: standing,
      next: next)
  }
}
