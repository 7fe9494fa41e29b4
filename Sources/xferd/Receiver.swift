import Logging
import SystemPackage
import XferLog
import XferMetrics
import XferProtocol
import XferRecorder
import XferSession
import XferStats
import XferStorage
import XferSupervisor
import XferSystem

/// Wires the settings to the processes.
struct Receiver {
  private let settings: Settings
  private let log: Logger

  init(_ settings: Settings) {
    self.settings = settings
    ProcessLog.start(format: settings.log, level: settings.logLevel)
    log = Logger(label: "supervisor")
    for variable in settings.unknownVariables {
      log.warning("\(variable) in the environment is no setting of xferd; is it misspelled?")
    }
  }

  func run() throws -> RoleExit {
    do {
      let data = try DataDirectory(path: settings.data)
      let lock = try data.lock()
      try prove(data)
      let listener = try Listener(settings.listen)
      let capacity = settings.limits.connections + Admission.Limits.courtesy
      let board = try Scoreboard(sessions: capacity)
      let roles = roles(data, lock, board, try LocalDoor())
      rehearse()
      var supervisor = try Supervisor(supervision, listener: listener, roles: roles, board: board)
      return try supervisor.run()
    } catch let failure as SystemFailure {
      log.critical("\(failure)")
      return .unusable
    } catch let unusable as UnusableDataDirectory {
      log.critical("\(unusable)")
      return .unusable
    } catch let unknown as UnknownHost {
      log.critical("\(unknown)")
      return .unusable
    }
  }

  /// What may pass, as a full disk, is no reason not to start.
  private func prove(_ data: DataDirectory) throws {
    do {
      try data.probe()
    } catch let failure as SystemFailure {
      log.error("cannot try now whether files can be published: \(failure)")
    }
  }

  /// It only saves time: what goes wrong in it must not keep a receiver from starting.
  private func rehearse() {
    do {
      try Prewarm.perform()
    } catch {
      log.warning("sessions will start slower: \(error)")
    }
  }

  private func roles(
    _ data: DataDirectory, _ lock: FileDescriptor, _ board: Scoreboard, _ door: LocalDoor
  ) -> Supervisor.Roles {
    let directories = [data.incoming.descriptor, data.files.descriptor]
    let sessionOptions = sessionOptions(data)
    let recorder = Recorder(recorderOptions(data), board: board, door: door)
    let stats = StatsServer(
      StatsServer.Options(
        endpoint: settings.http, databasePath: data.databasePath, patience: settings.stallTimeout),
      board: board)
    return Supervisor.Roles(
      session: { Receiver.runSession($0, sessionOptions, board, door) },
      recorder: { recorder.run(whenReady: $0) },
      stats: { stats.run(whenReady: $0) },
      sessionKeeps: directories, recorderKeeps: directories + [lock, door.descriptor])
  }

  private func recorderOptions(_ data: DataDirectory) -> Recorder.Options {
    var options = Recorder.Options(
      data: data, durability: settings.durability, keepPartial: settings.keepPartial)
    options.reserve = Int64(clamping: settings.reserve)
    options.keepFailed = settings.keepFailed
    options.keepHistory = settings.keepHistory
    return options
  }

  private static func runSession(
    _ assignment: Supervisor.Assignment, _ options: SessionOptions, _ board: Scoreboard,
    _ door: LocalDoor
  ) -> RoleExit {
    do {
      let session = try Session(
        assignment.connection, from: assignment.address, options: options, board: board,
        slot: assignment.slot, door: door)
      return session.run(assignment.refusal.map(Verdict.refuse) ?? .serve)
    } catch {
      Logger(label: "session").error("could not begin: \(error)")
      return .failed
    }
  }

  private var supervision: Supervisor.Options {
    var options = Supervisor.Options()
    options.limits = settings.limits
    options.drainSeconds = settings.drain
    return options
  }

  private func sessionOptions(_ data: DataDirectory) -> SessionOptions {
    var options = SessionOptions(data: data, durability: settings.durability)
    options.digest = settings.digest
    options.largestFile = settings.largestFile
    options.reserve = Int64(settings.reserve)
    options.partials = settings.partials
    options.minRate = settings.minRate
    options.headerTimeout = settings.headerTimeout
    options.stallTimeout = settings.stallTimeout
    options.idleTimeout = settings.idleTimeout
    return options
  }
}
