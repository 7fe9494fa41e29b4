import struct Crypto.SHA256
import Glibc
import XferProtocol
import XferSystem

extension TransferID {
  /// The id of a transfer follows from the file and its name: the same file, unchanged, sent again
  /// by whatever program run, is the same transfer. A file that was changed is another: its time
  /// of inode change (st_ctim) cannot be set back. The device is left out: its number is another one
  /// after a mount or a start of the machine where the kernel makes it up (NFS, btrfs, overlay, dm).
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

  /// The id of the delivery that follows one which was removed at a receiver that names no other. It follows
  /// from that one, so that the next run goes on with the same transfer, whatever becomes of this one.
  init(after removed: Receipt) {
    var hash = SHA256()
    hash.update(data: removed.id.bytes)
    let time = removed.publishedAt
    withUnsafeBytes(of: time.microseconds.littleEndian) { hash.update(bufferPointer: $0) }
    self = hash.finalize().withUnsafeBytes { TransferID(at: time, prefix: $0) } ?? .random()
  }

  /// The id of content that is another than what was delivered under the id `other`. It follows from both,
  /// so that the next run finds it again.
  init(of content: Digest, notOf other: TransferID) {
    var hash = SHA256()
    hash.update(data: other.bytes)
    hash.update(data: content.bytes)
    let seconds = other.bytes.prefix(4).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let time = Timestamp(microseconds: seconds * 1_000_000)
    self = hash.finalize().withUnsafeBytes { TransferID(at: time, prefix: $0) } ?? .random()
  }
}

/// What tells this machine from others, as far as a machine can be told.
enum Machine {
  /// Its host name and machine-id(5).
  static let identity: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return host + "\n" + machineID
  }()

  /// machine-id(5); empty in many containers, which have a host name of their own.
  private static var machineID: String {
    guard let file = fopen("/etc/machine-id", "r") else { return "" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, 63, file) != nil else { return "" }
    return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
