/// A question to the receiver. It may be asked while transfers are in progress on the connection.
package struct Question: Equatable, Sendable {
  /// The subject of a question.
  package enum Kind: Equatable, Sendable {
    /// The reply is rows, then `end`.
    case history(HistoryFilter)
    /// The reply is the stats page in one or more parts, then `end`.
    case stats
    /// The reply is `end` if the receiver can record a transfer, else a refusal.
    case health
    /// The reply is sets, newest first, then `end`. Since version 3.
    case sets(SetFilter)
    /// The reply is a set and its members, then `end`. Since version 3.
    case members(SetQuestion)
  }

  /// The wire numbers of the kinds. They never change.
  private enum Number: UInt8 {
    case history = 1
    case stats = 2
    case health = 3
    case sets = 20
    case members = 21
  }

  /// Identifies the question within this connection; never 0.
  package let tag: UInt32
  /// The subject.
  package let kind: Kind

  /// `tag` must not be 0.
  package init(tag: UInt32, _ kind: Kind) {
    self.tag = tag
    self.kind = kind
  }

  func encode(into writer: inout WireWriter) {
    writer.write(tag)
    switch kind {
    case .history(let filter):
      writer.write(Number.history.rawValue)
      filter.encode(into: &writer)
    case .stats: writer.write(Number.stats.rawValue)
    case .health: writer.write(Number.health.rawValue)
    case .sets(let filter):
      writer.write(Number.sets.rawValue)
      filter.encode(into: &writer)
    case .members(let question):
      writer.write(Number.members.rawValue)
      question.encode(into: &writer)
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    tag = try reader.uint32()
    guard tag != 0 else { throw WireError("invalid question: its tag is 0") }
    let number = try reader.uint8()
    switch Number(rawValue: number) {
    case .history: kind = .history(try HistoryFilter(from: &reader))
    case .stats: kind = .stats
    case .health: kind = .health
    case .sets: kind = .sets(try SetFilter(from: &reader))
    case .members: kind = .members(try SetQuestion(from: &reader))
    case nil: throw WireError("unknown kind of question \(number)")
    }
  }
}
