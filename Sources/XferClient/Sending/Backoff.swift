/// Growing pauses between tries, with jitter, so that many senders do not come back together.
struct Backoff {
  private static let first = 0.2
  private static let longest = 15.0

  private var pause = first

  /// Seconds to wait now.
  mutating func next() -> Double {
    defer { pause = min(pause * 2, Backoff.longest) }
    return pause * .random(in: 0.5...1.5)
  }

  mutating func reset() { pause = Backoff.first }
}
