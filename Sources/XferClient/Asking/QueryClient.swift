import XferProtocol
import XferSystem

/// Sends questions to a receiver: history, stats page, health and round-trip time.
package final class QueryClient {
  private let connection: ReceiverConnection

  /// Connects and waits for the receiver's greeting. Throws `ConnectionFailure`. `agent` is the
  /// name of the program for the receiver's log.
  package init(_ address: ReceiverAddress, agent: String = "xferctl") throws {
    connection = try ReceiverConnection(address, agent: agent)
    do {
      try connection.finishGreeting()
    } catch {
      throw ConnectionFailure(error)
    }
  }

  /// Passes each row to `body` as it arrives, newest first. Throws `ConnectionFailure`, and errors
  /// of `body`.
  package func history(
    _ filter: HistoryFilter, forEach body: (HistoryEntry) throws -> Void
  ) throws {
    try ask(.history(filter)) { message in
      if case .row(_, let entry) = message { try body(entry) }
    }
  }

  /// Returns the stats page. Throws `ConnectionFailure`.
  package func stats() throws -> String {
    var page = ""
    try ask(.stats) { message in
      if case .page(_, let text) = message { page += text }
    }
    return page
  }

  /// Returns if the receiver can record a transfer now. Throws `ConnectionFailure` otherwise.
  package func health() throws {
    try ask(.health) { _ in }
  }

  /// Measures the round trip to a session.
  package func ping() throws -> Duration {
    let token = Ping(token: .random(in: .min ... .max))
    let start = MonotonicTime.now
    try connection.send(.ping(token))
    while true {
      if case .pong(token) = try connection.nextMessage() {
        return .now - start
      }
    }
  }

  private func ask(
    _ kind: Question.Kind, forEach body: (ReceiverMessage) throws -> Void
  ) throws {
    do {
      try connection.send(.ask(Question(tag: 1, kind)))
      try readReply(forEach: body)
    } catch let error as WireError {
      throw ConnectionFailure(error)
    }
  }

  private func readReply(forEach body: (ReceiverMessage) throws -> Void) throws {
    while true {
      switch try connection.nextMessage() {
      case .end: return
      case .refusal(_, let refusal): throw ConnectionFailure.refused(refusal)
      case let message: try body(message)
      }
    }
  }
}
