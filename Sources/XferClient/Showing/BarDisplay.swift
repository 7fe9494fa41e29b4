import XferProtocol
import XferSystem

/// A progress bar on a terminal: share, bytes, rate, time left, files.
public final class BarDisplay: SendDisplay {
  /// Nanoseconds between two pictures.
  private static let pause: Int64 = 100_000_000
  private static let barWidth = 20

  private var tally: SendTally
  private var lastDrawn: Int64 = 0
  private var waiting: String?
  private var complaints = Complaints()

  public init(_ list: SendList) {
    tally = SendTally(files: list.files.count, bytes: list.bytes)
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

  private var line: String {
    let done = min(tally.bytesSent + tally.bytesThere, tally.bytes)
    let share = tally.bytes > 0 ? Double(done) / Double(tally.bytes) : 0
    let filled = Int(share * Double(BarDisplay.barWidth))
    let bar =
      String(repeating: "#", count: filled)
      + String(repeating: "-", count: BarDisplay.barWidth - filled)
    let left = tally.rate > 0 ? Double(tally.bytes - done) / tally.rate : 0
    return
      "[\(bar)] \(Int(share * 100))%  \(Readable.bytes(done)) of \(Readable.bytes(tally.bytes))"
      + "  \(Readable.rate(tally.rate))  \(Readable.duration(seconds: left)) left"
      + "  \(tally.received)/\(tally.files) files"
  }
}
