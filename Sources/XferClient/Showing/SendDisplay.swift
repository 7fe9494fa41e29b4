import XferProtocol
import XferSystem

/// Shows a person or a program what becomes of the files. Trouble goes to standard error.
public protocol SendDisplay: AnyObject {
  func show(_ event: SendEvent)
  func finish()
}

/// The sums of a run.
struct SendTally {
  let files: Int
  let bytes: UInt64
  /// What was named and could not even be offered.
  let problems: Int
  private let start = monotonicNanoseconds()
  private(set) var received = 0
  private(set) var repeated = 0
  private(set) var refused = 0
  private(set) var failed = 0
  private(set) var different = 0
  private(set) var proven = 0
  private(set) var unproven = 0
  /// Bytes that went out in this run, or that the receiver had already.
  private(set) var bytesSent: UInt64 = 0
  private(set) var bytesThere: UInt64 = 0

  init(_ list: SendList) {
    files = list.files.count
    bytes = list.bytes
    problems = list.problems.count
  }

  mutating func count(_ event: SendEvent) {
    switch event {
    case .sent(let count, _): bytesSent = bytesSent.adding(count)
    case .resumed(_, let offset): bytesThere = bytesThere.adding(offset)
    case .delivered(let file, let receipt, let evidence): count(file, receipt, evidence)
    case .differs(_, _, _, let isFault): different += isFault ? 1 : 0
    case .refused: refused += 1
    case .failed: failed += 1
    case .waiting, .connected, .givenUp, .working, .reading: break
    }
  }

  private mutating func count(_ file: FileToSend, _ receipt: Receipt, _ evidence: Evidence) {
    received += 1
    if receipt.standing == .there {
      repeated += 1
      bytesThere = bytesThere.adding(file.size)
    }
    switch evidence {
    case .notAsked: break
    case .same: proven += 1
    case .missing: unproven += 1
    }
  }

  var seconds: Double { Double(monotonicNanoseconds() - start) / 1e9 }
  var rate: Double { seconds > 0 ? Double(bytesSent) / seconds : 0 }

  /// `3 files, 256.4 MiB in 2.1 s (122.1 MiB/s)`, and what did not go well.
  var summary: String {
    let size = Readable.bytes(bytesSent)
    var text = "\(Readable.count(received - repeated, "file")) received, \(size) sent"
    text += " in \(Readable.duration(seconds: seconds)) (\(Readable.rate(rate)))"
    if repeated > 0 { text += ", \(repeated) \(repeated == 1 ? "was" : "were") there already" }
    if proven > 0 { text += ", \(proven) compared by SHA-256" }
    if different > 0 { text += ", \(different) different" }
    if unproven > 0 { text += ", \(unproven) not proven" }
    if refused > 0 { text += ", \(refused) refused" }
    if failed + problems > 0 { text += ", \(failed + problems) not sent" }
    if files + problems == 0 { text += "; there is no file in what was named" }
    return text
  }
}

extension SendEvent {
  /// What is said of trouble, in every way of showing but JSON.
  var complaint: String? {
    switch self {
    case .refused(let file, let refusal): "\(file.path): refused: \(refusal)"
    case .failed(let file, let why): "\(file.path): not sent: \(why)"
    case .waiting(let why, let seconds):
      "\(why); trying again in \(Readable.duration(seconds: seconds))"
    case .givenUp(let why, let files): "\(Readable.count(files, "file")) not sent: \(why)"
    case .delivered(let file, _, .missing(let why)): "\(file.path): received, not proven: \(why)"
    case .differs(let file, let receipt, let here, let isFault):
      SendEvent.difference(file, receipt, here, isFault)
    case .sent, .resumed, .delivered, .connected, .working, .reading: nil
    }
  }

  private static func difference(
    _ file: FileToSend, _ receipt: Receipt, _ here: Digest, _ isFault: Bool
  ) -> String {
    let there = receipt.digest?.description ?? "none"
    let what =
      isFault
      ? "differs from what the receiver has"
      : "looks unchanged, and differs from what was delivered"
    let end = file.differences > 1 ? "" : "; sent again under a new id"
    return "\(file.path): \(what): sha256 \(here) here, \(there) there\(end)"
  }
}

/// What a person is told of trouble: once, where each of many files has the same.
struct Complaints {
  private let patience: Double
  private var hasGivenUp = false
  private var hasWaited = false

  /// `patience` is how many seconds without progress are waited for, in all.
  init(patience: Double) { self.patience = patience }

  mutating func next(_ event: SendEvent) -> String? {
    switch event {
    case .givenUp: hasGivenUp = true
    case .failed where hasGivenUp: return nil
    case .waiting where !hasWaited:
      hasWaited = true
      let patience = Readable.duration(seconds: patience)
      return event.complaint.map { "\($0) (for up to \(patience) without progress)" }
    default: break
    }
    return event.complaint
  }
}
