import XferProtocol

import struct Crypto.SHA256

extension TransferID {
  /// A label that separates these hashes from all others that are made of an id.
  private static let redeliveryLabel = Array("xfer redelivery".utf8)

  /// Returns the id of a redelivery, after the file was delivered and removed `number` times.
  ///
  /// The id begins with the same time and depends on the first id alone, so that the newest
  /// delivery is found without a walk through all of them.
  package func redelivery(_ number: UInt64) -> TransferID {
    var hash = SHA256()
    hash.update(data: bytes)
    withUnsafeBytes(of: number.bigEndian) { hash.update(bufferPointer: $0) }
    hash.update(data: TransferID.redeliveryLabel)
    let rest = hash.finalize().prefix(TransferID.size - MemoryLayout<UInt32>.size)
    return TransferID(bytes: bytes.prefix(MemoryLayout<UInt32>.size) + rest) ?? self
  }
}
