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
    } catch let socket as UnusableSocket {
      log.critical("\(socket)")
    }
    return .unusable
  }

  private func supervise() throws -> RoleExit {
    let service = try ServiceVariables.take()
    let listeners = try Listeners(settings, passed: service.sockets)
    // Before the sandbox, which denies the abstract sockets of other programs.
    let notifySocket = connect(toServiceManager: service.notifySocket)
    let privileges = Privileges(settings, log: log)
    let data = try privileges.openDataDirectory()
    let lock = try data.lock()
    try probe(data)
    try ReceiverFiles.makeDirectories(in: settings.data)
    try privileges.confine(data)
    let capacity = settings.limits.connections + Admission.Limits.courtesy
    let board = try Scoreboard(sessions: capacity)
    let roles = Roles(
      settings: settings, data: data, lock: lock, board: board, listeners: listeners,
      recorderListener: try LocalListener(), keysListener: try LocalListener(),
      lists: try PrivateDirectory(settings.data), answersListener: try LocalListener(),
      sandboxes: Sandboxes(
        settings: settings, data: data, board: board, bindsPages: listeners.pages == nil),
      hooksWakeup: settings.hookOptions(data) == nil ? nil : try Wakeup())
    prewarm()
    try tellAccess(port: listeners.clients[0].address.port)
    var options = settings.supervisorOptions
    options.notifySocket = notifySocket
    options.watchdog = service.watchdog
    var supervisor = try Supervisor(options, roles: roles.table, board: board)
    return try supervisor.run()
  }

  /// Connects to the service manager. A receiver that cannot tell it anything works all the same.
  private func connect(toServiceManager address: String?) -> NotifySocket? {
    guard let address else { return nil }
    do {
      return try NotifySocket(connectingTo: address)
    } catch {
      log.warning("the service manager is told nothing: \(error)")
      return nil
    }
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
