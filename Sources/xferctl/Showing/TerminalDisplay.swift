import XferClient
import XferCommand
import XferSystem
import XferText

/// Shows the progress of a run on a terminal, drawn again in place on standard error. Results go to
/// standard output.
final class TerminalDisplay: SendDisplay {
  /// The maximum number of files for which each gets a line of its own at its end.
  private static let fewFiles = 20

  private let block: LiveBlock
  private var progress: SendProgress
  private var waiting: String?
  private var errors: ErrorMessages

  /// Returns nil if standard error is not a terminal.
  init?(_ list: SendList, patience: Duration) {
    guard let block = LiveBlock() else { return nil }
    self.block = block
    errors = ErrorMessages(patience: patience)
    progress = SendProgress(list)
  }

  func show(_ event: SendEvent) {
    progress.note(event, now: .now)
    if case .waiting = event {
      waiting = event.errorMessage
      return
    }
    waiting = nil
    if let message = errors.next(event) { say(message) }
    if case .delivered(let file, let receipt, _) = event, file.kind == .file,
      progress.tally.files <= TerminalDisplay.fewFiles
    {
      block.clear()
      Terminal.out(LineDisplay.line(for: file, receipt: receipt) + "\n")
    }
  }

  func say(_ message: String) {
    block.clear()
    Terminal.error("xferctl: \(message)", in: .red)
  }

  func tick() {
    let (columns, rows) = block.size
    let lines = ProgressLines(columns: columns, rows: rows)
    block.draw(lines.lines(of: progress, waiting: waiting, now: .now))
  }

  func clear() { block.clear() }

  func finish() {
    clear()
    Terminal.out(progress.tally.summary + "\n")
  }
}
