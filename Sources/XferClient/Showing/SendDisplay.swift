import Glibc
import Synchronization
import SystemPackage
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
    case .sent(let count, _): bytesSent += count
    case .resumed(_, let offset): bytesThere += offset
    case .delivered(let file, let receipt):
      received += 1
      if receipt.standing == .there {
        repeated += 1
        bytesThere += file.size
      }
    case .refused: refused += 1
    case .failed: failed += 1
    case .waiting, .connected, .givenUp: break
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
    if refused > 0 { text += ", \(refused) refused" }
    if failed + problems > 0 { text += ", \(failed + problems) not sent" }
    if files + problems == 0 { text += "; there is no file in what was named" }
    return text
  }
}

/// Writes to a standard stream at once, whatever the stream is.
public enum Terminal {
  private static let outputError = Mutex<Errno?>(nil)

  public static func out(_ text: String) {
    if !write(text, to: STDOUT_FILENO) {
      let code = Errno(rawValue: errno)
      outputError.withLock { $0 = $0 ?? code }
    }
  }

  public static func error(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

  /// Throws where something that was printed did not come out, as on a full disk.
  public static func checkOutput() throws {
    if let code = outputError.withLock({ $0 }) { throw SystemFailure("write the output", code) }
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done)
      }
      if count <= 0 { return false }
      done += count
    }
    return true
  }

  /// Columns of the terminal on standard output.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
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
    case .sent, .resumed, .delivered, .connected: nil
    }
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
