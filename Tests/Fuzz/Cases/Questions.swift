import HummingbirdCore
import XferProtocol
import XferStats

/// The payload of a question. The answers process reads the same bytes, which the session passes on.
enum Questions {
  /// The type of the message: see docs/protocol.md.
  private static let ask: UInt8 = 6

  static func check(_ bytes: [UInt8]) throws {
    let frame = Messages.frame(ask, Array(bytes.prefix(WireLimits.payload)))
    let message: ClientMessage? = try Messages.parse(frame)
    guard case .ask(let question)? = message else { return }
    try expect(question.tag != 0, "a question without a tag")
    var writer = WireWriter()
    AnswersRequest.question(question).encode(into: &writer)
    let passed: AnswersRequest? = try Messages.parse(writer.bytes)
    try expect(passed == .question(question), "\(question) is passed on as another one")
  }
}

/// The target of a request for the history by HTTP: a path, and parameters behind `?`.
enum Parameters {
  /// The bytes that separate parts of a target, and the one of an escape.
  private static let special = Array("?&=#%".utf8)

  static func check(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    if let filter = try? HistoryParameters.filter(URI(text)) {
      try expect(HistoryParameters.rows.contains(filter.limit), "\(filter.limit) rows")
    }
    let isPlain = !text.utf8.contains { special.contains($0) }
    guard isPlain else { return }
    let filter = try HistoryParameters.filter(URI("/history?limit=7&client=a&name=\(text)"))
    try expect(
      filter == HistoryFilter(limit: 7, client: "a", name: text), "\(filter) for the name \(text)")
  }
}
