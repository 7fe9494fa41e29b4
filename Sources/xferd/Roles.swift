import Glibc
import Logging
import SystemPackage
import XferIdentity
import XferKeys
import XferAnswers
import XferHooks
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
  /// The listeners for clients and pages.
  let listeners: Listeners
  /// The listener at which sessions connect to the recorder.
  let recorderListener: LocalListener
  /// The listener at which sessions connect to the process that holds the private key.
  let keysListener: LocalListener
  /// The data directory, for the lists of clients and invites.
  let lists: PrivateDirectory
  /// The listener at which sessions connect to their answers processes.
  let answersListener: LocalListener
  let sandboxes: Sandboxes
  /// Wakes the process that runs the hooks; nil if there are none.
  let hooksWakeup: Wakeup?

  var table: [Role] {
    let directories = [data.incoming.descriptor, data.files.descriptor]
    return [
      Role(
        name: "recorder",
        kind: .permanent(
          PermanentProcess(
            starts: .recorderStarts, readiness: .recorderReady, sessionCrashSignal: SIGUSR1)),
        keeps: directories + [lock, recorderListener.descriptor, lists.descriptor]
          + hookDescriptors,
        sandbox: sandboxes.recorder,
        main: runRecorder),
      Role(
        name: "keys",
        kind: .permanent(
          PermanentProcess(starts: .keysStarts, readiness: .keysReady, reloadSignal: SIGUSR1)),
        keeps: [keysListener.descriptor],
        sandbox: sandboxes.keys,
        main: runKeys),
      Role(
        name: "stats",
        kind: .permanent(PermanentProcess(starts: .statsStarts, readiness: .statsReady)),
        keeps: listeners.pages.map { [$0.descriptor] } ?? [],
        sandbox: sandboxes.stats,
        main: runStats),
      Role(
        name: "answers",
        // A session has at most one. An answers process may outlive its session for a moment.
        kind: .perLocalConnection(answersListener, atMost: board.sessionCapacity + 16),
        keeps: [],
        sandbox: sandboxes.answers,
        main: runAnswers),
    ] + listeners.clients.map(session) + hooks
  }

  private var hookDescriptors: [FileDescriptor] { hooksWakeup.map { [$0.descriptor] } ?? [] }

  /// The process that runs the hooks, if there are any.
  private var hooks: [Role] {
    guard let hooksWakeup, let options = settings.hookOptions(data) else { return [] }
    return [
      Role(
        name: "hooks",
        kind: .permanent(PermanentProcess(starts: .hooksStarts, readiness: .hooksReady)),
        keeps: hookDescriptors,
        sandbox: sandboxes.hooks,
        main: { assignment in
          HooksProcess(options, board: board, recorder: recorderListener, wakeup: hooksWakeup)
            .run(whenReady: assignment.reportReady)
        })
    ]
  }

  /// The role of the sessions of one listener.
  private func session(of listener: Listener) -> Role {
    Role(
      name: "session",
      kind: .perConnection(listener),
      keeps: [data.incoming.descriptor, data.files.descriptor, lists.descriptor],
      opening: { OpenedClients(in: lists, board: board) },
      sandbox: sandboxes.session,
      main: runSession)
  }

  private func runRecorder(_ assignment: Assignment) -> RoleExit {
    // SQLite writes the temporary files of a migration into a directory that the sandbox contains.
    setenv("SQLITE_TMPDIR", data.path, 1)
    let options = settings.recorderOptions(data, clients: lists, hooks: hooksWakeup)
    return Recorder(options, board: board, listener: recorderListener)
      .run(whenReady: assignment.reportReady)
  }

  private func runKeys(_ assignment: Assignment) -> RoleExit {
    KeyServer(settings.keyOptions, board: board, listener: keysListener)
      .run(whenReady: assignment.reportReady)
  }

  private func runStats(_ assignment: Assignment) -> RoleExit {
    let (board, reportReady) = (board, assignment.reportReady)
    do {
      var options = settings.statsOptions(data)
      options.listener = listeners.pages
      return try StatsServer(options, board: board).run {
        board.set(.statsReady, 1)
        reportReady()
      }
    } catch {
      Logger(label: "stats").critical("could not serve HTTP: \(error)")
      return .unusable
    }
  }

  private func runAnswers(_ assignment: Assignment) -> RoleExit {
    guard let connection = assignment.localConnection else {
      preconditionFailure("an answers process needs a connection")
    }
    return AnswersProcess(connection, history: settings.history(data), board: board).run()
  }

  private func runSession(_ assignment: Assignment, _ clients: OpenedClients) -> RoleExit {
    guard let connection = assignment.connection else {
      preconditionFailure("a session needs a connection")
    }
    do {
      let session = try Session(
        connection.descriptor, from: connection.address,
        options: settings.sessionOptions(data), clients: clients, board: board,
        slot: connection.slot,
        services: SessionServices(
          recorder: recorderListener, answers: answersListener, keys: keysListener))
      return session.run(connection.decision)
    } catch {
      Logger(label: "session").error("could not start the session: \(error)")
      return .failed
    }
  }
}
