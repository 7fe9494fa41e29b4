import XferProtocol

import struct Crypto.SHA256

extension TransferID {
  /// Returns the name of a transfer's file in `incoming/`. It is a hash of the id, the client's
  /// key, the name and the size. A client that offers another name or size under the same id gets
  /// another file. It cannot append to the file of another client. An identified client finds its
  /// file from another address, too.
  package static func incoming(
    _ id: TransferID, from client: Client, as name: FileName, size: UInt64
  ) -> TransferID {
    var hash = SHA256()
    hash.update(data: id.bytes)
    withUnsafeBytes(of: size.bigEndian) { hash.update(bufferPointer: $0) }
    hash.update(data: Array(client.key.utf8) + [0] + Array(name.text.utf8))
    return hash.finalize().withUnsafeBytes { TransferID(prefix: $0) } ?? id
  }
}

extension SealedTransfer {
  /// The name of the transfer's file in `incoming/`.
  package var incomingID: TransferID { .incoming(id, from: client, as: name, size: size) }
}
