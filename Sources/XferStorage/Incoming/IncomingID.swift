import XferProtocol

import struct Crypto.SHA256

extension TransferID {
  /// The name of a transfer's file in `incoming/`. It follows from all that makes the transfer one:
  /// who offers another name or size under the same id, or comes from another address, has a file
  /// of its own, and cannot add to what somebody else has begun.
  public static func incoming(
    _ id: TransferID, from clientIP: String, as name: FileName, size: UInt64
  ) -> TransferID {
    var hash = SHA256()
    hash.update(data: id.bytes)
    withUnsafeBytes(of: size.bigEndian) { hash.update(bufferPointer: $0) }
    hash.update(data: Array(clientIP.utf8) + [0] + Array(name.text.utf8))
    return hash.finalize().withUnsafeBytes { TransferID(prefix: $0) } ?? id
  }
}

extension SealedTransfer {
  /// The name of its file in `incoming/`.
  public var incomingID: TransferID { .incoming(id, from: clientIP, as: name, size: size) }
}
