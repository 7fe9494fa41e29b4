import XferProtocol
import XferSystem

/// Asks a receiver: its history, its stats page, whether it is well, how far away it is.
public final class Inquiry {
  private let connection: ReceiverConnection

  /// Throws `ConnectionTrouble`.
  public init(_ address: ReceiverAddress, agent: String = "xferctl") throws {
    connection = try ReceiverConnection(address, agent: agent)
    do {
      try connection.finishGreeting()
    } catch {
      throw ConnectionTrouble(error)
    }
  }

  /// Gives each row to `body` as it comes, newest first.
  public func history(_ filter: HistoryFilter, _ body: (HistoryEntry) throws -> Void) throws {
    try ask(.history(filter)) { message in
      if case .row(_, let entry) = message { try body(entry) }
    }
  }

  public func stats() throws -> String {
    var page = ""
    try ask(.stats) { message in
      if case .page(_, let text) = message { page += text }
    }
    return page
  }

  /// Returns when the receiver says that it can record a transfer.
  public func health() throws {
    try ask(.health) { _ in }
  }

  /// Seconds that a message takes to a session and back.
  public func ping() throws -> Double {
    let token = Ping(token: .random(in: .min ... .max))
    let start = monotonicNanoseconds()
    try connection.say(.ping(token))
    while true {
      if case .pong(token) = try connection.nextMessage() {
        return Double(monotonicNanoseconds() - start) / 1e9
      }
    }
  }

  private func ask(_ kind: Question.Kind, _ body: (ReceiverMessage) throws -> Void) throws {
    do {
      try connection.say(.ask(Question(tag: 1, kind)))
      try hear(body)
    } catch let wire as WireError {
      throw ConnectionTrouble(wire)
    }
  }

  private func hear(_ body: (ReceiverMessage) throws -> Void) throws {
    while true {
      switch try connection.nextMessage() {
      case .end: return
      case .refusal(_, let refusal): throw ConnectionTrouble.refused(refusal)
      case let message: try body(message)
      }
    }
  }
}
