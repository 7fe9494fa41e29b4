import XferClient
import XferProtocol
import XferSystem
import XferText

/// The totals of a run.
struct SendTally {
  let files: Int
  /// The total size of the files.
  let bytes: UInt64
  /// Directories that were delivered, and those that the receiver is too old for.
  private(set) var directories = 0
  private(set) var omitted = 0
  /// Files that were removed here after their delivery, and that were to be.
  private(set) var removed = 0
  private(set) var kept = 0
  /// Paths that could not even be offered.
  let problems: Int
  /// The receipt of the set; nil if there is none yet.
  private(set) var set: SetReceipt?
  private let start = MonotonicTime.now
  private(set) var received = 0
  /// Files that had been delivered before and still have their names. Included in `received`.
  private(set) var unchanged = 0
  private(set) var refused = 0
  private(set) var failed = 0
  private(set) var different = 0
  private(set) var proven = 0
  private(set) var unproven = 0
  /// Bytes that were sent in this run.
  private(set) var bytesSent: UInt64 = 0
  /// Bytes that the receiver already had.
  private(set) var bytesPresent: UInt64 = 0

  init(_ list: SendList) {
    files = list.files.count
    bytes = list.bytes
    problems = list.problems.count
  }

  /// Adds an event to the totals.
  mutating func count(_ event: SendEvent) {
    switch event {
    case .sent(_, let count, _): bytesSent = bytesSent.adding(count)
    case .resumed(_, let offset): bytesPresent = bytesPresent.adding(offset)
    case .delivered(let file, let receipt, let evidence):
      countDelivered(file, receipt: receipt, evidence: evidence)
    case .differs(_, _, _, let isFault): different += isFault ? 1 : 0
    case .refused: refused += 1
    case .failed: failed += 1
    case .omitted: omitted += 1
    case .completed(let receipt): set = receipt
    case .incomplete: break
    case .waiting, .connected, .givenUp, .working, .reading: break
    }
  }

  private mutating func countDelivered(
    _ file: FileToSend, receipt: Receipt, evidence: Evidence
  ) {
    guard file.kind != .directory else { return directories += 1 }
    received += 1
    switch file.removal {
    case .notAsked: break
    case .removed: removed += 1
    case .kept: kept += 1
    }
    if receipt.standing == .there {
      unchanged += 1
      bytesPresent = bytesPresent.adding(file.size)
    }
    switch evidence {
    case .notAsked: break
    case .same: proven += 1
    case .missing: unproven += 1
    }
  }

  /// Seconds since the start of the run.
  var seconds: Double { (.now - start).inSeconds }
  /// Bytes sent per second.
  var rate: Double { seconds > 0 ? Double(bytesSent) / seconds : 0 }

  /// The summary, such as `3 files received, 256.4 MiB sent in 2.1 s (122.1 MiB/s), 1 refused`.
  var summary: String {
    let size = Readable.bytes(bytesSent)
    var text = "\(Readable.count(received - unchanged, of: "file")) received, \(size) sent"
    text += " in \(Readable.duration(seconds: seconds)) (\(Readable.rate(rate)))"
    if unchanged > 0 { text += ", \(unchanged) already delivered" }
    if directories > 0 { text += ", \(Readable.count(directories, of: "directory"))" }
    if removed > 0 { text += ", \(removed) removed here" }
    if kept > 0 { text += ", \(kept) not removed here" }
    if proven > 0 { text += ", \(proven) compared by SHA-256" }
    if different > 0 { text += ", \(different) different" }
    if unproven > 0 { text += ", \(unproven) not compared" }
    if refused > 0 { text += ", \(refused) refused" }
    if failed + problems > 0 { text += ", \(failed + problems) not sent" }
    if omitted > 0 { text += "; the receiver is too old for directories" }
    if let set { text += "; set \(set.set.id) is complete" }
    if files + directories + problems == 0 { text += "; there are no files in the given paths" }
    return text
  }
}
