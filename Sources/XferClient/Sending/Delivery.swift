import XferProtocol
import XferSystem

/// A file with the receipt that arrived for it.
struct Delivery {
  let file: FileToSend
  /// The id under which the file was offered.
  let offered: TransferID
  let receipt: Receipt
  /// True if the file was published after this run began, so that the receipt is for what this run
  /// sent. An earlier connection may have lost the receipt, and the receiver then repeats it.
  let isOfThisRun: Bool
  /// The status of the file when it was offered.
  let status: FileStatus
  /// The kind of the file, with the target of a link.
  var kind = FileAttributes.Kind.file
  /// The digest of the local file; nil if it was not read completely.
  var digest: Digest?

  /// True if another run delivered the file and it was removed from the receiver since. The file is
  /// then sent again.
  var isGone: Bool { receipt.standing == .removed && !isOfThisRun }

  /// The file as a member of a set.
  var member: SetMember {
    SetMember(name: receipt.name, kind: kind, size: receipt.size, digest: receipt.digest)
  }

  /// True if both digests are known and not equal.
  var differs: Bool {
    guard let here = digest, let there = receipt.digest else { return false }
    return here != there
  }

  /// Returns true if the local file must be read before the receipt is treated as valid.
  func needsReading(for proof: Proof) -> Bool {
    guard digest == nil, let there = receipt.digest else { return false }
    // The same unchanged file was delivered before with another digest, so one of the two is wrong.
    if let former = file.formerDigest, former != there { return true }
    switch proof {
    case .none: return false
    case .repeated: return receipt.repeated
    case .all: return !isGone
    }
  }

  /// Returns the evidence for the receipt, if the digests do not differ.
  func evidence(for proof: Proof) -> Evidence {
    if proof == .none || proof == .repeated && !receipt.repeated { return .notAsked }
    if file.kind != .file { return .notAsked }
    if receipt.digest == nil { return .missing("the receiver does not compute a SHA-256") }
    return digest == nil ? .missing("the file was not read") : .same
  }
}
