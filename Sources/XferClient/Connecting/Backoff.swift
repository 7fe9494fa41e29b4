/// Pauses between connection attempts. They double from one to the next, with jitter, so that many
/// senders do not reconnect at the same time.
struct Backoff {
  private static let first = Duration.milliseconds(200)
  private static let longest = Duration.seconds(15)

  private var pause = first

  /// Returns the time to wait now.
  mutating func next() -> Duration {
    defer { pause = min(pause * 2, Backoff.longest) }
    return pause * Double.random(in: 0.5...1.5)
  }

  /// Starts again with the shortest pause.
  mutating func reset() { pause = Backoff.first }
}
