import Foundation

/// The log of a receiver as it is written: a test waits for a line instead of for a time.
actor ReceiverLog {
  private var lines: [String] = []
  private var isComplete = false
  private var waiters: [(pattern: String, continuation: CheckedContinuation<String?, Never>)] = []

  func add(_ line: String) {
    lines.append(line)
    let found = waiters.filter { line.contains($0.pattern) }
    waiters.removeAll { line.contains($0.pattern) }
    for waiter in found { waiter.continuation.resume(returning: line) }
  }

  /// No line will follow.
  func complete() {
    isComplete = true
    for waiter in waiters { waiter.continuation.resume(returning: nil) }
    waiters = []
  }

  /// The first line that holds the pattern, once it is there; nil where the log ends before.
  func line(with pattern: String) async -> String? {
    if let line = lines.first(where: { $0.contains(pattern) }) { return line }
    if isComplete { return nil }
    return await withCheckedContinuation { waiters.append((pattern, $0)) }
  }

  func count(of pattern: String) -> Int { lines.count { $0.contains(pattern) } }

  var tail: String { lines.suffix(40).joined(separator: "\n") }
}
