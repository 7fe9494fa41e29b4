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

  /// Passes each set to `body` as it arrives, newest first. Throws `ConnectionFailure`, and errors of
  /// `body`.
  package func sets(_ filter: SetFilter, forEach body: (SetEntry) throws -> Void) throws {
    try checkVersion3()
    try ask(.sets(filter)) { message in
      if case .set(_, let entry) = message { try body(entry) }
    }
  }

  /// Passes a set, and then each of its files, as they arrive. Throws `ConnectionFailure`, and errors
  /// of the closures.
  package func members(
    _ question: SetQuestion, set: (SetEntry) throws -> Void,
    forEach body: (SetMember) throws -> Void
  ) throws {
    try checkVersion3()
    try ask(.members(question)) { message in
      switch message {
      case .set(_, let entry): try set(entry)
      case .member(_, let member): try body(member)
      default: break
      }
    }
  }

  /// Returns the name under which this client sent a file: without its directory at the receiver.
  package func ownName(of name: FileName) -> FileName { connection.welcome.ownName(of: name) }

  private func checkVersion3() throws {
    guard connection.welcome.version >= 3 else {
      throw ConnectionFailure.refused(
        Refusal(.notSupported, "the receiver is older than sets; install a newer xferd there"))
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
