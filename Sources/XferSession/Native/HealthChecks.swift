/// Health checks that wait for the recorder. There is one request to the recorder at a time. It
/// answers all checks that arrived before it was sent, so that a client that checks very often
/// costs the recorder no more.
struct HealthChecks {
  private var ticket: UInt64?
  private var asked: [UInt32] = []
  private var waiting: [UInt32] = []

  var count: Int { asked.count + waiting.count }

  mutating func add(_ tag: UInt32) { waiting.append(tag) }

  /// Sends a request to the recorder if checks wait and no request is under way.
  mutating func ask(_ request: () -> UInt64) {
    guard ticket == nil, !waiting.isEmpty else { return }
    ticket = request()
    (asked, waiting) = (waiting, [])
  }

  /// Returns the tags that a reply is for. Returns nil if it is the reply to another request.
  mutating func answered(by ticket: UInt64) -> [UInt32]? {
    guard ticket == self.ticket else { return nil }
    self.ticket = nil
    defer { asked = [] }
    return asked
  }
}
