import Glibc
import Logging
import SystemPackage
import XferAnswers
import XferMetrics
import XferProtocol
import XferRecorder
import XferSession
import XferStats
import XferStorage
import XferSupervisor
import XferSystem

/// The table of roles: the processes that the supervisor starts. docs/architecture.md ("Processes")
/// has the same table in words.
struct Roles {
  let settings: Settings
  let data: DataDirectory
  /// The locked file that keeps a second receiver from the data directory.
  let lock: FileDescriptor
  let board: Scoreboard
  /// The listener of the receiver.
  let clients: Listener
  /// The listener at which sessions connect to the recorder.
  let recorderListener: LocalListener
  /// The listener at which sessions connect to their answers processes.
  let answersListener: LocalListener
  let sandboxes: Sandboxes

  var table: [Role] {
    let directories = [data.incoming.descriptor, data.files.descriptor]
    return [
      Role(
        name: "recorder",
        kind: .permanent(
          PermanentProcess(
            starts: .recorderStarts, readiness: .recorderReady, sessionCrashSignal: SIGUSR1)),
        keeps: directories + [lock, recorderListener.descriptor],
        sandbox: sandboxes.recorder,
        main: runRecorder),
      Role(
        name: "stats",
        kind: .permanent(PermanentProcess(starts: .statsStarts, readiness: .statsReady)),
        keeps: [],
        sandbox: sandboxes.stats,
        main: runStats),
      Role(
        name: "answers",
        // A session has at most one. An answers process may outlive its session for a moment.
        kind: .perLocalConnection(answersListener, atMost: board.sessionCapacity + 16),
        keeps: [],
        sandbox: sandboxes.answers,
        main: runAnswers),
      Role(
        name: "session",
        kind: .perConnection(clients),
        keeps: directories,
        sandbox: sandboxes.session,
        main: runSession),
    ]
  }

  private func runRecorder(_ assignment: Assignment) -> RoleExit {
    // SQLite writes the temporary files of a migration into a directory that the sandbox contains.
    setenv("SQLITE_TMPDIR", data.path, 1)
    return Recorder(settings.recorderOptions(data), board: board, listener: recorderListener)
      .run(whenReady: assignment.reportReady)
  }

  private func runStats(_ assignment: Assignment) -> RoleExit {
    let (board, reportReady) = (board, assignment.reportReady)
    return StatsServer(settings.statsOptions(data), board: board).run {
      board.set(.statsReady, 1)
      reportReady()
    }
  }

  private func runAnswers(_ assignment: Assignment) -> RoleExit {
    guard let connection = assignment.localConnection else {
      preconditionFailure("an answers process needs a connection")
    }
    return AnswersProcess(connection, history: settings.history(data), board: board).run()
  }

  private func runSession(_ assignment: Assignment) -> RoleExit {
    guard let connection = assignment.connection else {
      preconditionFailure("a session needs a connection")
    }
    do {
      let session = try Session(
        connection.descriptor, from: connection.address, options: settings.sessionOptions(data),
        board: board, slot: connection.slot, recorder: recorderListener, answers: answersListener)
      return session.run(connection.decision)
    } catch {
      Logger(label: "session").error("could not start the session: \(error)")
      return .failed
    }
  }
}
