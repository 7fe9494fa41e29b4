/// Pauses between connection attempts. They double from one to the next, with jitter, so that many
/// senders do not reconnect at the same time.
struct Backoff {
  private static let first = 0.2
  private static let longest = 15.0

  private var pause = first

  /// Returns the seconds to wait now.
  mutating func next() -> Double {
    defer { pause = min(pause * 2, Backoff.longest) }
    return pause * .random(in: 0.5...1.5)
  }

  /// Starts again with the shortest pause.
  mutating func reset() { pause = Backoff.first }
}
