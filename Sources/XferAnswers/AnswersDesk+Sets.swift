import XferHistory
import XferProtocol

// Questions about sets.
extension AnswersDesk {
  /// Answers with the sets that the client may see.
  func answer(_ tag: UInt32, _ filter: SetFilter) throws {
    try checkReading()
    var filter = filter
    if viewer.scope == .own {
      guard filter.client == nil || filter.client == viewer.client.key else {
        return try say(.end(tag: tag))
      }
      filter.client = viewer.client.key
    }
    try openHistory().sets(filter) { try say(.set(tag: tag, $0)) }
    try say(.end(tag: tag))
  }

  /// Answers with one set and its delivered or missing files.
  func answer(_ tag: UInt32, _ question: SetQuestion) throws {
    try checkReading()
    let history = try openHistory()
    let owner = viewer.scope == .own ? viewer.client.key : nil
    guard let set = try history.set(question.set, of: owner) else {
      throw Refusal(.unavailable, "there is no set \"\(question.set)\"")
    }
    try say(.set(tag: tag, set))
    let body = { [self] (member: SetMember) in try say(.member(tag: tag, member)) }
    if question.asksForMissing {
      try history.missing(ofSet: set.number, body)
    } else {
      try history.members(ofSet: set.number, body)
    }
    try say(.end(tag: tag))
  }
}
