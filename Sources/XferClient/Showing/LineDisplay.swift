import XferProtocol

/// One line for each file: for logs, pipes and people without a terminal.
public final class LineDisplay: SendDisplay {
  private var tally: SendTally
  private let isQuiet: Bool
  /// The file of which it was said last that it is read again, there or here.
  private var toldOf: FileToSend?
  private var complaints: Complaints

  /// `quiet` leaves only what went wrong.
  public init(_ list: SendList, patience: Double, quiet: Bool) {
    complaints = Complaints(patience: patience)
    tally = SendTally(list)
    isQuiet = quiet
  }

  public func show(_ event: SendEvent) {
    tally.count(event)
    if let complaint = complaints.next(event) { Terminal.error("xferctl: \(complaint)") }
    guard !isQuiet else { return }
    switch event {
    case .delivered(let file, let receipt, _): Terminal.out(LineDisplay.line(file, receipt) + "\n")
    case .resumed(let file, let offset):
      Terminal.out("resumed   \(file.name) at \(Readable.bytes(offset))\n")
    case .working(let file, let progress): tellOnce("verifying", file, progress)
    case .reading(let file, let progress): tellOnce("comparing", file, progress)
    case .sent, .refused, .failed, .differs, .waiting, .connected, .givenUp: break
    }
  }

  private func tellOnce(_ what: String, _ file: FileToSend, _ progress: Progress) {
    guard toldOf !== file else { return }
    toldOf = file
    let share = Readable.share(progress.done, of: progress.total)
    Terminal.out("\(what) \(file.name), \(share) so far\n")
  }

  public func finish() {
    if !isQuiet { Terminal.out(tally.summary + "\n") }
  }

  static func line(_ file: FileToSend, _ receipt: Receipt) -> String {
    let size = Readable.bytes(receipt.size)
    switch receipt.standing {
    case .there: return "was there \(receipt.name)  \(size)"
    case .removed: return "received  \(receipt.name)  \(size), and taken from there since"
    case .new: break
    }
    let rate = receipt.rate(resumedAt: file.resumedAt)
    return "received  \(receipt.name)  \(size)  \(Readable.duration(seconds: receipt.seconds))"
      + "  \(Readable.rate(rate))"
  }
}
