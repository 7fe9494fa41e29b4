import struct Crypto.SHA256
import XferProtocol
import XferSystem

extension TransferID {
  /// Derives the id of a transfer from the file and its name, so that the same unchanged file, sent
  /// again by another run, is the same transfer. A changed file gets another id, because its time
  /// of inode change (st_ctim) cannot be set back. The device is left out, because the kernel
  /// assigns its number at each mount or boot for some file systems (NFS, btrfs, overlay, dm).
  init(of status: FileStatus, path: String, name: FileName, machine: String) {
    var hash = SHA256()
    for part in [machine, path, name.text] {
      hash.update(data: Array(part.utf8))
      hash.update(data: [0])
    }
    for number in [
      Int64(bitPattern: status.identity.inode), status.size, status.modified, status.changed,
    ] {
      withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
    }
    let changed = Timestamp(microseconds: status.changed / 1000)
    self = hash.finalize().withUnsafeBytes { TransferID(at: changed, prefix: $0) } ?? .random()
  }

  /// Derives the id of the next delivery from a delivery that was removed, if the receiver does not
  /// send one. The next run derives the same id, and so continues the same transfer.
  init(after removed: Receipt) {
    var hash = SHA256()
    hash.update(data: removed.id.bytes)
    let time = removed.publishedAt
    withUnsafeBytes(of: time.microseconds.littleEndian) { hash.update(bufferPointer: $0) }
    self = hash.finalize().withUnsafeBytes { TransferID(at: time, prefix: $0) } ?? .random()
  }

  /// Derives an id for content that differs from the delivery under the id `other`. The next run
  /// derives the same id.
  init(of content: Digest, notOf other: TransferID) {
    var hash = SHA256()
    hash.update(data: other.bytes)
    hash.update(data: content.bytes)
    let seconds = other.bytes.prefix(4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let time = Timestamp(microseconds: seconds * 1_000_000)
    self = hash.finalize().withUnsafeBytes { TransferID(at: time, prefix: $0) } ?? .random()
  }
}
