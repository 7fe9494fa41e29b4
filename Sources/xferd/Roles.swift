import Glibc
import Logging
import SystemPackage
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

  var table: [Role] {
    let directories = [data.incoming.descriptor, data.files.descriptor]
    return [
      Role(
        name: "recorder",
        kind: .permanent(
          PermanentProcess(
            starts: .recorderStarts, readiness: .recorderReady, sessionCrashSignal: SIGUSR1)),
        keeps: directories + [lock, recorderListener.descriptor],
        main: runRecorder),
      Role(
        name: "stats",
        kind: .permanent(PermanentProcess(starts: .statsStarts, readiness: .statsReady)),
        keeps: [],
        main: runStats),
      Role(
        name: "session",
        kind: .perConnection(clients),
        keeps: directories,
        main: runSession),
    ]
  }

  private func runRecorder(_ assignment: Assignment) -> RoleExit {
    Recorder(settings.recorderOptions(data), board: board, listener: recorderListener)
      .run(whenReady: assignment.reportReady)
  }

  private func runStats(_ assignment: Assignment) -> RoleExit {
    let (board, reportReady) = (board, assignment.reportReady)
    do {
      return try StatsServer(settings.statsOptions(data), board: board).run {
        board.set(.statsReady, 1)
        reportReady()
      }
    } catch {
      Logger(label: "stats").critical("could not serve HTTP: \(error)")
      return .unusable
    }
  }

  private func runSession(_ assignment: Assignment) -> RoleExit {
    guard let connection = assignment.connection else {
      preconditionFailure("a session needs a connection")
    }
    do {
      let session = try Session(
        connection.descriptor, from: connection.address, options: settings.sessionOptions(data),
        board: board, slot: connection.slot, recorder: recorderListener)
      return session.run(connection.decision)
    } catch {
      Logger(label: "session").error("could not start the session: \(error)")
      return .failed
    }
  }
}
