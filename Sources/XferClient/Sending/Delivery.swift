import XferProtocol
import XferSystem

/// A receipt that came for a file, and what is known of both.
struct Delivery {
  let file: FileToSend
  /// The id under which it was offered.
  let offered: TransferID
  let receipt: Receipt
  /// It was published since this run began: it is the word of what this run sent, even where a connection
  /// lost it and it is repeated now.
  let isOfThisRun: Bool
  /// The file as it was offered.
  let status: FileStatus
  /// Of the file here; nil where it was not read whole.
  var digest: Digest?

  /// Another run delivered it, and it was taken away since: whoever sends it again wants it there again.
  var isGone: Bool { receipt.standing == .removed && !isOfThisRun }

  /// Both digests are known, and they are not the same.
  var differs: Bool {
    guard let here = digest, let there = receipt.digest else { return false }
    return here != there
  }

  /// Whether it has to be read here before its receipt can be believed.
  func needsReading(for proof: Proof) -> Bool {
    guard digest == nil, let there = receipt.digest else { return false }
    // The same unchanged file was delivered before with another digest: one of both is not the file.
    if let former = file.formerDigest, former != there { return true }
    switch proof {
    case .none: return false
    case .repeated: return receipt.repeated
    case .all: return !isGone
    }
  }

  /// What is known where both digests are not different.
  func evidence(for proof: Proof) -> Evidence {
    if proof == .none || proof == .repeated && !receipt.repeated { return .notAsked }
    if receipt.digest == nil { return .missing("the receiver takes no SHA-256") }
    return digest == nil ? .missing("the file was not read") : .same
  }
}
