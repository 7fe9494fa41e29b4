import XferClient
import XferCommand
import XferProtocol
import XferText

/// Prints one line for each file, for logs, pipes and dumb terminals.
final class LineDisplay: SendDisplay {
  private var tally: SendTally
  private let isQuiet: Bool
  /// The file for which the last progress line was printed.
  private var announced: FileToSend?
  private var errors: ErrorMessages

  /// `quiet` prints errors only.
  init(_ list: SendList, patience: Duration, quiet: Bool) {
    errors = ErrorMessages(patience: patience)
    tally = SendTally(list)
    isQuiet = quiet
  }

  func show(_ event: SendEvent) {
    tally.count(event)
    if let message = errors.next(event) { Terminal.error("xferctl: \(message)") }
    guard !isQuiet else { return }
    switch event {
    case .delivered(let file, let receipt, _):
      Terminal.out(LineDisplay.line(for: file, receipt: receipt) + "\n")
    case .resumed(let file, let offset):
      Terminal.out("resumed   \(file.name) at \(Readable.bytes(offset))\n")
    case .working(let file, let progress): announce(file, as: "verifying", progress: progress)
    case .reading(let file, let progress): announce(file, as: "comparing", progress: progress)
    case .sent, .refused, .failed, .differs, .waiting, .connected, .givenUp: break
    }
  }

  /// Prints the first progress of each file only.
  private func announce(_ file: FileToSend, as activity: String, progress: Progress) {
    guard announced !== file else { return }
    announced = file
    let share = Readable.share(progress.done, of: progress.total)
    Terminal.out("\(activity) \(file.name), \(share) so far\n")
  }

  func finish() {
    if !isQuiet { Terminal.out(tally.summary + "\n") }
  }

  /// Returns the line for a file that has its receipt, without a line end.
  static func line(for file: FileToSend, receipt: Receipt) -> String {
    let size = Readable.bytes(receipt.size)
    switch receipt.standing {
    case .there: return "unchanged \(receipt.name)  \(size)  (already delivered)"
    case .removed:
      return "received  \(receipt.name)  \(size)  (since moved or removed at the receiver)"
    case .new: break
    }
    let rate = receipt.rate(resumedAt: file.resumedAt)
    return "received  \(receipt.name)  \(size)  \(Readable.duration(seconds: receipt.seconds))"
      + "  \(Readable.rate(rate))"
  }
}
