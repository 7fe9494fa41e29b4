import Logging
import SystemPackage
import XferHistory
import XferLog
import XferProtocol
import XferSystem
import XferMetrics

/// A process that answers the questions of one session: it reads the history, so that a session,
/// which reads the bytes of strangers, never opens it.
///
/// Life: it is forked for the connection that a session opens with its first question, and answers
/// one question after the other. Death: with that connection. It changes nothing.
package struct AnswersProcess {
  private let connection: FileDescriptor
  private let history: any HistoryStore
  private let board: Scoreboard

  /// Prepares the process for the connection of a session, which it takes over.
  package init(_ connection: FileDescriptor, history: any HistoryStore, board: Scoreboard) {
    self.connection = connection
    self.history = history
    self.board = board
  }

  /// Answers until the session closes its connection. Returns the exit status of the process.
  package func run() -> RoleExit {
    var log = Logger(label: "answers")
    do {
      let requests = AnswersInput(connection)
      guard let viewer = try requests.viewer() else { return .done }
      log[metadataKey: "client"] = "\(viewer.client)"
      ProcessTitle.set("xferd: answers \(viewer.client)")
      let desk = AnswersDesk(
        AnswersOutput(connection), history: history, board: board, viewer: viewer, log: log)
      while let question = try requests.question() { try desk.answer(question) }
      return .done
    } catch let failure as SystemFailure {
      log.debug("the session has gone", metadata: ["error": "\(failure)"])
      return .done
    } catch {
      log.error("could not answer a session", metadata: ["error": "\(error)"])
      return .failed
    }
  }
}
