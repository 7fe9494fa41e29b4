/// Questions for the receiver's health that wait for the recorder. One request to it is under way at a time, and
/// answers all that had been asked before it was made: a peer that asks very often costs the recorder no more.
struct HealthChecks {
  private var ticket: UInt64?
  private var asked: [UInt32] = []
  private var waiting: [UInt32] = []

  var count: Int { asked.count + waiting.count }

  mutating func add(_ tag: UInt32) { waiting.append(tag) }

  /// Asks the recorder, where something waits and no request is under way.
  mutating func ask(_ request: () -> UInt64) {
    guard ticket == nil, !waiting.isEmpty else { return }
    ticket = request()
    (asked, waiting) = (waiting, [])
  }

  /// The tags that an answer is for; nil where it answers something else.
  mutating func answered(by ticket: UInt64) -> [UInt32]? {
    guard ticket == self.ticket else { return nil }
    self.ticket = nil
    defer { asked = [] }
    return asked
  }
}
