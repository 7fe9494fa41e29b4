import Foundation

/// The log of a running receiver. A test waits for a line instead of a time.
actor ReceiverLog {
  private var lines: [String] = []
  private var isComplete = false
  private var waiters: [Waiter] = []
  private var lastWaiter = 0

  private struct Waiter {
    let number: Int
    let pattern: String
    let continuation: CheckedContinuation<String?, Never>
  }

  func add(_ line: String) {
    lines.append(line)
    let found = waiters.filter { line.contains($0.pattern) }
    waiters.removeAll { line.contains($0.pattern) }
    for waiter in found { waiter.continuation.resume(returning: line) }
  }

  /// Marks the end of the log.
  func complete() {
    isComplete = true
    for waiter in waiters { waiter.continuation.resume(returning: nil) }
    waiters = []
  }

  /// Returns the first line that contains the pattern as soon as it is written. Returns nil if the
  /// log ends before, or if the test is cancelled, as at its time limit.
  func line(with pattern: String) async -> String? {
    if let line = lines.first(where: { $0.contains(pattern) }) { return line }
    if isComplete || Task.isCancelled { return nil }
    lastWaiter += 1
    let number = lastWaiter
    return await withTaskCancellationHandler {
      await withCheckedContinuation {
        waiters.append(Waiter(number: number, pattern: pattern, continuation: $0))
      }
    } onCancel: {
      Task { await giveUp(number) }
    }
  }

  private func giveUp(_ number: Int) {
    guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
    waiters.remove(at: index).continuation.resume(returning: nil)
  }

  func count(of pattern: String) -> Int { lines.count { $0.contains(pattern) } }

  var tail: String { lines.suffix(40).joined(separator: "\n") }
}
