import XferSystem

/// The files that have no reply yet, in the order in which to offer them.
final class SendQueue {
  private var waiting: [FileToSend]
  private var next = 0
  /// Files to retry after a pause.
  private var later: [FileToSend] = []

  init(_ files: [FileToSend]) { waiting = files }

  var isEmpty: Bool { next == waiting.count && later.isEmpty }

  /// Empties the queue and returns its files.
  func removeAll() -> [FileToSend] {
    defer { (waiting, next, later) = ([], 0, []) }
    return Array(waiting[next...]) + later
  }

  /// Removes and returns the next file that may be offered now; nil if there is none.
  func pop() -> FileToSend? {
    if next < waiting.count {
      defer { next += 1 }
      return waiting[next]
    }
    let now = MonotonicTime.now
    guard let index = later.firstIndex(where: { $0.notBefore <= now }) else { return nil }
    return later.remove(at: index)
  }

  /// Adds a file that must be offered again, after a pause.
  func putBack(_ file: FileToSend, after pause: Duration = .zero) {
    file.notBefore = .now + pause
    later.append(file)
  }

  /// The time until a file may be offered; nil if no file waits for the end of a pause.
  var pause: Duration? {
    guard next == waiting.count, let due = later.map(\.notBefore).min() else { return nil }
    return max(.zero, due - .now)
  }
}
