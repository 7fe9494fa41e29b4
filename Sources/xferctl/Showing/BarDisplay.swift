import XferClient
import XferCommand
import XferSystem
import XferText

/// Shows a progress bar on a terminal: share, files, time left, rate and bytes.
final class BarDisplay: SendDisplay {
  /// The time between two redraws.
  private static let pause = Duration.milliseconds(100)
  /// Characters.
  private static let barWidth = 20
  /// The maximum number of files for which each gets a line above the bar.
  private static let fewFiles = 20

  private var tally: SendTally
  private var lastDrawn = MonotonicTime.start
  private var waiting: String?
  /// The text about a file that is being read, by the receiver or here.
  private var reading: String?
  private var errors: ErrorMessages

  init(_ list: SendList, patience: Duration) {
    errors = ErrorMessages(patience: patience)
    tally = SendTally(list)
  }

  func show(_ event: SendEvent) {
    tally.count(event)
    if case .waiting = event {
      waiting = event.errorMessage
      return draw(now: .now)
    }
    waiting = nil
    note(event)
    if let message = errors.next(event) {
      clear()
      Terminal.error("xferctl: \(message)")
    }
    if case .delivered(let file, let receipt, _) = event, tally.files <= BarDisplay.fewFiles {
      clear()
      Terminal.out(LineDisplay.line(for: file, receipt: receipt) + "\n")
    }
    let now = MonotonicTime.now
    if now - lastDrawn >= BarDisplay.pause { draw(now: now) }
  }

  func finish() {
    clear()
    Terminal.out(tally.summary + "\n")
  }

  /// Keeps the text about reading while other files are sent; any other event clears it.
  private func note(_ event: SendEvent) {
    if case .sent = event { return }
    reading = BarDisplay.reading(event)
  }

  private static func reading(_ event: SendEvent) -> String? {
    switch event {
    case .working(_, let progress): "verifying \(Readable.share(progress.done, of: progress.total))"
    case .reading(_, let progress): "comparing \(Readable.share(progress.done, of: progress.total))"
    default: nil
    }
  }

  private func clear() { Terminal.redraw("") }

  private func draw(now: MonotonicTime) {
    lastDrawn = now
    Terminal.redraw(waiting ?? line)
  }

  /// The progress line. Parts that do not fit the terminal are left out; the bar is the last one.
  private var line: String {
    let done = min(tally.bytesSent.adding(tally.bytesPresent), tally.bytes)
    let share = tally.bytes > 0 ? Double(done) / Double(tally.bytes) : 0
    var parts = ["\(Int(share * 100))%", "\(tally.received)/\(tally.files) files"]
    if let reading {
      parts.append(reading)
    } else if tally.rate > 0, tally.seconds > 1 {
      parts.append("\(Readable.duration(seconds: Double(tally.bytes - done) / tally.rate)) left")
    }
    parts += [
      Readable.rate(tally.rate), "\(Readable.bytes(done)) of \(Readable.bytes(tally.bytes))",
    ]
    parts.append(bar(share))
    var line = ""
    for part in parts where line.count + part.count + 2 < Terminal.width {
      line += line.isEmpty ? part : "  " + part
    }
    return line
  }

  private func bar(_ share: Double) -> String {
    let filled = Int(share * Double(BarDisplay.barWidth))
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: BarDisplay.barWidth - filled) + "]"
  }
}
