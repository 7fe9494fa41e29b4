import XferClient
import XferProtocol
import XferSystem
import XferText

/// A file that is being sent, or read after it was sent.
struct RunningFile {
  /// The work that is done on it.
  enum Activity {
    case sending
    /// The receiver reads it.
    case verifying(Progress)
    /// It is read here.
    case comparing(Progress)
  }

  let path: String
  let name: FileName
  let size: UInt64
  private(set) var activity = Activity.sending
  private(set) var done: UInt64
  private var rate: RecentRate
  /// The time of the last line about it, for displays that print lines.
  var lastLine = MonotonicTime.now

  init(_ file: FileToSend, now: MonotonicTime) {
    path = file.path
    name = file.name
    size = file.size
    done = file.position
    rate = RecentRate(now: now)
  }

  /// Takes an event of this file.
  mutating func note(_ event: SendEvent, now: MonotonicTime) {
    switch event {
    case .sent(let file, let count, _):
      activity = .sending
      done = min(file.position, size)
      rate.add(count, now: now)
    case .resumed(_, let offset): done = offset
    case .working(_, let progress): activity = .verifying(progress)
    case .reading(_, let progress): activity = .comparing(progress)
    default: break
    }
  }

  /// Bytes a second of the last seconds.
  func bytesPerSecond(now: MonotonicTime) -> Double { rate.bytesPerSecond(now: now) }

  /// The parts of a line about it, the most important ones first.
  func parts(now: MonotonicTime) -> [String] {
    switch activity {
    case .verifying(let progress):
      return ["verifying \(Readable.share(progress.done, of: progress.total))"]
    case .comparing(let progress):
      return ["comparing \(Readable.share(progress.done, of: progress.total))"]
    case .sending: break
    }
    let rate = rate.bytesPerSecond(now: now)
    var parts = [RunningFile.percent(done, of: size), Readable.rate(rate)]
    if rate > 0 { parts.append("\(Readable.duration(seconds: Double(size - done) / rate)) left") }
    return parts + [Readable.share(done, of: size)]
  }

  /// Returns a share in whole percent, rounded down so that 100% means all.
  static func percent(_ done: UInt64, of total: UInt64) -> String {
    total > 0 ? "\(Int(Double(done) / Double(total) * 100))%" : "0%"
  }
}
