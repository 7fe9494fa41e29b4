import XferProtocol
import XferSystem

/// A progress bar on a terminal: share, bytes, rate, time left, files.
public final class BarDisplay: SendDisplay {
  /// Nanoseconds between two pictures.
  private static let pause: Int64 = 100_000_000
  private static let barWidth = 20
  /// Up to this many files get a line each above the bar.
  private static let fewFiles = 20

  private var tally: SendTally
  private var lastDrawn: Int64 = 0
  private var waiting: String?
  /// What is read again, there or here, before a file is done.
  private var reading: String?
  private var complaints: Complaints

  public init(_ list: SendList, patience: Double) {
    complaints = Complaints(patience: patience)
    tally = SendTally(list)
  }

  public func show(_ event: SendEvent) {
    tally.count(event)
    if case .waiting = event {
      waiting = event.complaint
      return draw(now: monotonicNanoseconds())
    }
    waiting = nil
    note(event)
    if let complaint = complaints.next(event) {
      clear()
      Terminal.error("xferctl: \(complaint)")
    }
    if case .delivered(let file, let receipt, _) = event, tally.files <= BarDisplay.fewFiles {
      clear()
      Terminal.out(LineDisplay.line(file, receipt) + "\n")
    }
    let now = monotonicNanoseconds()
    if now - lastDrawn >= BarDisplay.pause { draw(now: now) }
  }

  public func finish() {
    clear()
    Terminal.out(tally.summary + "\n")
  }

  /// Others may be sent while one is read again; what becomes of a file ends it.
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

  private func draw(now: Int64) {
    lastDrawn = now
    Terminal.redraw(waiting ?? line)
  }

  /// As much as the terminal is wide: the most telling parts come first, the bar last.
  private var line: String {
    let done = min(tally.bytesSent.adding(tally.bytesThere), tally.bytes)
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
