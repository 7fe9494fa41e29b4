import XferClient
import XferProtocol
import XferSystem
import XferText

extension SendEvent {
  /// The message for standard error; nil if the event is not an error.
  var errorMessage: String? {
    switch self {
    case .refused(let file, let refusal): "\(file.shownPath): refused: \(refusal)"
    case .failed(let file, let why): "\(file.shownPath): not sent: \(why)"
    case .waiting(let why, let pause):
      "\(why); retrying in \(Readable.duration(pause))"
    case .givenUp(let why, let files): "\(Readable.count(files, of: "file")) not sent: \(why)"
    case .delivered(let file, _, .missing(let why)):
      "\(file.shownPath): received, not compared: \(why)"
    case .differs(let file, let receipt, let here, let isFault):
      SendEvent.difference(of: file, receipt: receipt, localDigest: here, isFault: isFault)
    case .delivered(let file, _, _):
      if case .kept(let why) = file.removal {
        "\(file.shownPath): received, but not removed: \(why)"
      } else {
        nil
      }
    case .incomplete(let why): "the set is not complete: \(why)"
    case .sent, .resumed, .connected, .working, .reading, .omitted, .completed: nil
    }
  }

  private static func difference(
    of file: FileToSend, receipt: Receipt, localDigest here: Digest, isFault: Bool
  ) -> String {
    let there = receipt.digest?.description ?? "none"
    let what =
      isFault
      ? "differs from the file at the receiver"
      : "looks unchanged, but differs from the delivered file"
    let end = file.differences > 1 ? "" : "; sending it again under a new id"
    return "\(file.shownPath): \(what): sha256 \(here) here, \(there) there\(end)"
  }
}

extension FileToSend {
  /// The local path, for people.
  var shownPath: String { PathText.shown(path) }
}
