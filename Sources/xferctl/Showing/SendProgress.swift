import XferClient
import XferSystem

/// The state of a run: its totals, and the files that are running.
struct SendProgress {
  /// Smaller files travel with their offers, and are counted only.
  private static let smallest: UInt64 = 256 << 10

  private(set) var tally: SendTally
  private var running: [ObjectIdentifier: RunningFile] = [:]
  /// The running files in the order in which they began.
  private var order: [ObjectIdentifier] = []
  private var rate = RecentRate(now: .now)

  init(_ list: SendList) { tally = SendTally(list) }

  /// Takes an event of the run.
  mutating func note(_ event: SendEvent, now: MonotonicTime) {
    tally.count(event)
    switch event {
    case .sent(let file, let count, _):
      rate.add(count, now: now)
      if file.size > SendProgress.smallest { update(file, event, now) }
    case .resumed(let file, _), .working(let file, _), .reading(let file, _):
      update(file, event, now)
    case .delivered(let file, _, _), .refused(let file, _), .failed(let file, _),
      .differs(let file, _, _, _):
      remove(file)
    case .givenUp, .waiting, .connected, .omitted, .completed, .incomplete: break
    }
  }

  private mutating func update(_ file: FileToSend, _ event: SendEvent, _ now: MonotonicTime) {
    let key = ObjectIdentifier(file)
    var entry = running[key] ?? RunningFile(file, now: now)
    if running[key] == nil { order.append(key) }
    entry.note(event, now: now)
    running[key] = entry
  }

  private mutating func remove(_ file: FileToSend) {
    let key = ObjectIdentifier(file)
    if running.removeValue(forKey: key) != nil { order.removeAll { $0 == key } }
  }

  /// The running files, in the order in which they began.
  var files: [RunningFile] { order.compactMap { running[$0] } }

  /// Returns the running files that had no line for so long, and notes that they have one now.
  mutating func takeFiles(withoutLineFor pause: Duration, now: MonotonicTime) -> [RunningFile] {
    var taken: [RunningFile] = []
    for key in order {
      guard let file = running[key], now - file.lastLine >= pause else { continue }
      running[key]?.lastLine = now
      taken.append(file)
    }
    return taken
  }

  /// Bytes a second of the last seconds, over all files.
  func bytesPerSecond(now: MonotonicTime) -> Double { rate.bytesPerSecond(now: now) }
}
