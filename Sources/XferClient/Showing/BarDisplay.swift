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
    if let complaint = complaints.next(event) {
      clear()
      Terminal.error("xferctl: \(complaint)")
    }
    if case .delivered(let file, let receipt) = event, tally.files <= BarDisplay.fewFiles {
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

  private func clear() { Terminal.out("\r\u{1B}[K") }

  private func draw(now: Int64) {
    lastDrawn = now
    Terminal.out("\r\u{1B}[K" + String((waiting ?? line).prefix(Terminal.width - 1)))
  }

  /// As much as the terminal is wide: the most telling parts come first, the bar last.
  private var line: String {
    let done = min(tally.bytesSent + tally.bytesThere, tally.bytes)
    let share = tally.bytes > 0 ? Double(done) / Double(tally.bytes) : 0
    var parts = ["\(Int(share * 100))%", "\(tally.received)/\(tally.files) files"]
    if tally.rate > 0, tally.seconds > 1 {
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
