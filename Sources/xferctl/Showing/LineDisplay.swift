import XferClient
import XferCommand
import XferProtocol
import XferSystem
import XferText

/// Prints one line for each file, for logs, pipes and dumb terminals.
final class LineDisplay: SendDisplay {
  /// The time between two lines about a running file.
  static let pause = Duration.seconds(10)

  private var progress: SendProgress
  private let isQuiet: Bool
  /// The file for which the last progress line was printed.
  private var announced: FileToSend?
  private var errors: ErrorMessages

  /// `quiet` prints errors only.
  init(_ list: SendList, patience: Duration, quiet: Bool) {
    errors = ErrorMessages(patience: patience)
    progress = SendProgress(list)
    isQuiet = quiet
  }

  func show(_ event: SendEvent) {
    progress.note(event, now: .now)
    if let message = errors.next(event) { say(message) }
    guard !isQuiet else { return }
    switch event {
    case .delivered(let file, let receipt, _):
      if file.kind != .directory {
        Terminal.out(LineDisplay.line(for: file, receipt: receipt) + "\n")
      }
    case .resumed(let file, let offset):
      Terminal.out("resumed   \(file.name) at \(Readable.bytes(offset))\n")
    case .working(let file, let progress): announce(file, as: "verifying", progress: progress)
    case .reading(let file, let progress): announce(file, as: "comparing", progress: progress)
    case .sent, .refused, .failed, .differs, .waiting, .connected, .givenUp, .omitted, .completed,
      .incomplete:
      break
    }
  }

  func say(_ message: String) { Terminal.error("xferctl: \(message)") }

  /// Prints the first progress of each file only.
  private func announce(_ file: FileToSend, as activity: String, progress: Progress) {
    guard announced !== file else { return }
    announced = file
    let share = Readable.share(progress.done, of: progress.total)
    Terminal.out("\(activity) \(file.name), \(share) so far\n")
  }

  /// Prints a line about each file that runs for long.
  func tick() {
    let now = MonotonicTime.now
    for file in progress.takeFiles(withoutLineFor: LineDisplay.pause, now: now) where !isQuiet {
      Terminal.error("sending   \(file.name)  \(file.parts(now: now).joined(separator: "  "))")
    }
  }

  func clear() {}

  func finish() {
    if !isQuiet { Terminal.out(progress.tally.summary + "\n") }
  }

  /// Returns the line for a file that has its receipt, without a line end.
  static func line(for file: FileToSend, receipt: Receipt) -> String {
    let size = file.kind == .link ? "symbolic link" : Readable.bytes(receipt.size)
    switch receipt.standing {
    case .there: return "unchanged \(receipt.name)  \(size)  (already delivered)"
    case .removed:
      return "received  \(receipt.name)  \(size)  (since moved or removed at the receiver)"
    case .new: break
    }
    let line = "received  \(receipt.name)  \(size)"
    guard file.kind == .file, let seconds = file.duration?.inSeconds else { return line }
    let rate = seconds > 0 ? Double(receipt.size - min(file.resumedAt, receipt.size)) / seconds : 0
    return line + "  \(Readable.duration(seconds: seconds))  \(Readable.rate(rate))"
  }
}
