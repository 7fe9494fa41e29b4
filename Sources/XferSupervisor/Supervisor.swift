import Glibc
import Logging
import XferMetrics
import XferProtocol
import XferSystem

/// The supervisor: accepts, forks, counts, reaps, restarts and drains. It has one thread, reads no
/// byte of a client and opens no database, so that no client can end it.
///
/// Life: it starts the permanent processes. When all are ready, it accepts connections and forks a
/// session for each. Death: SIGTERM or SIGINT begin an orderly shutdown. If it is killed, its
/// children are killed with it, and the next receiver recovers from the state on disk.
package struct Supervisor {
  /// The settings of the supervisor.
  package struct Options: Sendable {
    /// The limits on connections.
    package var limits = Admission.Limits()
    /// The networks of the trusted proxies. Their own addresses have no limit, because all clients
    /// behind them share these.
    package var trustedProxies: [Network] = []
    /// The time that transfers in flight may take to finish at a shutdown.
    package var drain = Duration.seconds(30)
    /// The socket of the service manager. Nil if there is none.
    package var notifySocket: NotifySocket?
    /// The time after which the service manager takes a silent supervisor for hung. Nil if it does
    /// not watch.
    package var watchdog: Duration?
    /// Reads the list of clients, and returns a function that is true for the grants that are valid
    /// now: see `SessionSlot.grant`. It takes the name of the client, too.
    package var grants: @Sendable () throws -> (Int64, String?) -> Bool = { { _, _ in false } }

    /// Creates options with their defaults.
    package init() {}
  }

  /// A role with a process for each connection, and its listener.
  struct Service {
    let role: Role
    let listener: Listener
  }

  let options: Options
  let services: [Service]
  let board: Scoreboard
  let log = Logger(label: "supervisor")
  private let signals: SignalInbox

  let pool: UnidentifiedPool
  var admission: Admission
  var drops = DropReport()
  var notices: ServiceNotices
  var sessions: Sessions
  var processes: [SupervisedProcess]
  var localServices: [LocalService]
  var shutdown: Shutdown?
  /// True after all permanent processes were ready once.
  var isReady = false
  /// The time at which accepting is tried again after it failed.
  var acceptAgainAt = MonotonicTime.start
  var exit = RoleExit.done

  /// Opens the signals. Processes are started by `run`.
  package init(_ options: Options, roles: [Role], board: Scoreboard) throws {
    self.options = options
    self.board = board
    services = roles.compactMap { role in
      if case .perConnection(let listener) = role.kind {
        Service(role: role, listener: listener)
      } else {
        nil
      }
    }
    processes = roles.compactMap(SupervisedProcess.init)
    localServices = roles.compactMap(LocalService.init)
    pool = UnidentifiedPool(options.limits)
    signals = try SignalInbox([SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2])
    admission = Admission(options.limits)
    notices = ServiceNotices(options.notifySocket, watchdog: options.watchdog, now: .now)
    sessions = Sessions(board: board)
  }

  /// Runs the receiver until its shutdown is over.
  package mutating func run() throws -> RoleExit {
    let addresses = services.map { "\($0.listener.address)" }.joined(separator: " ")
    ProcessTitle.set("xferd: supervisor \(addresses)")
    notices.send("STATUS=starting")
    while true {
      startProcesses()
      let ready = try wait()
      for signal in signals.drain() { handle(signal) }
      if shutdown == nil { for service in ready { acceptConnections(of: service) } }
      displaceUnidentified()
      reportDrops()
      notices.advance(now: .now)
      if advanceShutdown() == .over { break }
    }
    log.notice("ended")
    return exit
  }

  /// Waits for a signal, a connection or the next deadline. Returns the services that have a
  /// connection.
  private mutating func wait() throws -> [Service] {
    var set = PollSet()
    _ = set.add(signals.descriptor, .read)
    let now = MonotonicTime.now
    let accepts = isReady && shutdown == nil && now >= acceptAgainAt
    let accepting = accepts ? services : []
    let slots = accepting.map { set.add($0.listener.descriptor, .read) }
    let locals = addLocalServices(to: &set, now: now)
    let due = deadlines(now: now).min()
    try set.wait(milliseconds: due.map { ($0 - now).milliseconds })
    for (index, slot) in locals where set.isReadable(slot) { acceptLocalConnections(of: index) }
    return zip(accepting, slots).filter { set.isReadable($0.1) }.map(\.0)
  }

  /// The times at which the supervisor must act without a signal or a connection.
  private func deadlines(now: MonotonicTime) -> [MonotonicTime] {
    let starts = isClosing ? [] : processes.compactMap(\.dueAt)
    let others = [
      shutdown?.deadline, now < acceptAgainAt ? acceptAgainAt : nil, drops.dueAt,
      displacementDueAt, notices.dueAt,
    ]
    return starts + others.compactMap { $0 }
  }

  private mutating func handle(_ signal: Int32) {
    switch signal {
    case SIGCHLD: reap()
    case SIGUSR1: announceReadiness()
    // SIGUSR2 is for the commands of this program, because nohup(1) makes a receiver ignore SIGHUP.
    case SIGHUP, SIGUSR2: reload()
    case SIGINT: beginShutdown("received SIGINT")
    default: beginShutdown("received SIGTERM")
    }
  }

  /// Logs once that the receiver accepts connections, when all permanent processes are ready. Tells
  /// the service manager so again after one was restarted.
  private mutating func announceReadiness() {
    guard shutdown == nil, processes.allSatisfy({ board[$0.settings.readiness] > 0 }) else {
      return
    }
    notifyReady()
    guard !isReady else { return }
    isReady = true
    for service in services { log.notice("receiving on \(service.listener.address)") }
  }
}
