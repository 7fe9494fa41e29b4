import Logging
import SystemPackage
import XferIdentity
import XferLog
import XferMetrics
import XferProtocol
import XferSession
import XferStorage
import XferSupervisor
import XferSystem

/// The receiver: opens what its processes share and runs the supervisor.
struct Receiver {
  private let settings: Settings
  private let log: Logger

  /// Sets up the log.
  init(_ settings: Settings) {
    self.settings = settings
    ProcessLog.start(format: settings.log, level: settings.logLevel)
    log = Logger(label: "supervisor")
    for variable in settings.unknownVariables {
      log.warning("\(variable) in the environment is not a setting of xferd; is it misspelled?")
    }
  }

  /// Runs the receiver until its shutdown is over.
  func run() throws -> RoleExit {
    do {
      return try supervise()
    } catch let failure as SystemFailure {
      log.critical("\(failure)")
    } catch let unusable as UnusableDataDirectory {
      log.critical("\(unusable)")
    } catch let missing as MissingProtection {
      log.critical("\(missing)")
    } catch let unknown as UnknownHost {
      log.critical("\(unknown)")
    }
    return .unusable
  }

  private func supervise() throws -> RoleExit {
    let listener = try Listener(settings.listen)
    let privileges = Privileges(settings, log: log)
    let data = try privileges.openDataDirectory()
    let lock = try data.lock()
    try probe(data)
    try ReceiverFiles.makeDirectories(in: settings.data)
    try privileges.confine(data)
    let capacity = settings.limits.connections + Admission.Limits.courtesy
    let board = try Scoreboard(sessions: capacity)
    let roles = Roles(
      settings: settings, data: data, lock: lock, board: board, clients: listener,
      recorderListener: try LocalListener(), keysListener: try LocalListener(),
      lists: try PrivateDirectory(settings.data), answersListener: try LocalListener(),
      sandboxes: Sandboxes(settings: settings, data: data, board: board),
      hooksWakeup: settings.hookOptions(data) == nil ? nil : try Wakeup())
    prewarm()
    try tellAccess(port: listener.address.port)
    var supervisor = try Supervisor(
      settings.supervisorOptions, roles: roles.table, board: board)
    return try supervisor.run()
  }

  /// Logs which clients are served.
  private func tellAccess(port: UInt16) throws {
    let notice = ClientNotice(data: settings.data, log: log, port: port)
    guard settings.access.mode == .open else { return try notice.tell() }
    try notice.read()
    let networks = settings.access.openNetworks?.map(\.description).joined(separator: ", ")
    log.warning(
      """
      --access open: clients \(networks.map { "of \($0)" } ?? "of all networks") are served \
      without an identity, also without encryption; use it on a trusted network only
      """)
  }

  /// Checks that files can be published. A failed system call is only logged, because its cause may
  /// pass, as a full disk does.
  private func probe(_ data: DataDirectory) throws {
    do {
      try data.probe()
    } catch let failure as SystemFailure {
      log.error("could not check now that files can be published: \(failure)")
    }
  }

  /// Does work that forked sessions inherit. An error is only logged, because the work only saves
  /// time.
  private func prewarm() {
    do {
      try Prewarm.perform()
    } catch {
      log.warning("sessions will start more slowly: \(error)")
    }
  }
}
