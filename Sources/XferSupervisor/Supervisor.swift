import Glibc
import Logging
import SystemPackage
import XferLog
import XferMetrics
import XferProtocol
import XferSystem

/// The supervisor: accepts, forks, counts, reaps, restarts and drains. It has one thread, reads no
/// peer's byte and opens no database, so that nothing of a peer's doing can end it.
///
/// Life: it starts the recorder and the stats process, listens once the recorder is ready, and
/// forks a session for each connection. Death: with SIGTERM or SIGINT in order; if it is killed,
/// all its children die with it, and the next receiver recovers from the state on disk.
public struct Supervisor {
  public struct Options: Sendable {
    public var limits = Admission.Limits()
    /// Seconds that transfers in flight get to finish at the end.
    public var drainSeconds = 30

    public init() {}
  }

  /// What a session process is given.
  public struct Assignment {
    public let connection: FileDescriptor
    public let address: SocketAddress
    /// Nil where the connection is served.
    public let refusal: Refusal?
    public let slot: SessionSlot
  }

  /// The mains of the processes that the supervisor forks; it knows no more of them. The recorder
  /// and the stats process call what they are given once they are ready.
  public struct Roles {
    public let session: (Assignment) -> RoleExit
    public let recorder: (@escaping @Sendable () -> Void) -> RoleExit
    public let stats: (@escaping @Sendable () -> Void) -> RoleExit
    /// Descriptors that every session, and that the recorder, keeps open.
    public let sessionKeeps: [FileDescriptor]
    public let recorderKeeps: [FileDescriptor]

    public init(
      session: @escaping (Assignment) -> RoleExit,
      recorder: @escaping (@escaping @Sendable () -> Void) -> RoleExit,
      stats: @escaping (@escaping @Sendable () -> Void) -> RoleExit,
      sessionKeeps: [FileDescriptor], recorderKeeps: [FileDescriptor]
    ) {
      self.session = session
      self.recorder = recorder
      self.stats = stats
      self.sessionKeeps = sessionKeeps
      self.recorderKeeps = recorderKeeps
    }
  }

  /// Connections taken in one turn, so that signals are heard in a flood of them.
  private static let acceptsPerTurn = 64

  /// Nanoseconds after a connection could not be accepted.
  private static let acceptPause: Int64 = 100_000_000

  private let options: Options
  private let listener: Listener
  private let roles: Roles
  private let board: Scoreboard
  private let signals: SignalInbox
  private let log = Logger(label: "supervisor")

  private var admission: Admission
  private var sessions: Sessions
  private var staff: [Staff]
  private var shutdown: Shutdown?
  private var isReady = false
  private var acceptAgainAt: Int64 = 0
  private var exit = RoleExit.done

  public init(_ options: Options, listener: Listener, roles: Roles, board: Scoreboard) throws {
    self.options = options
    self.listener = listener
    self.roles = roles
    self.board = board
    signals = try SignalInbox([SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1])
    admission = Admission(options.limits)
    sessions = Sessions(board: board)
    let wake: @Sendable () -> Void = { kill(getppid(), SIGUSR1) }
    staff = [
      StaffRole(
        name: "recorder", starts: .recorderStarts, keeps: roles.recorderKeeps.map(\.rawValue),
        main: { roles.recorder(wake) }),
      StaffRole(name: "stats", starts: .statsStarts, keeps: [], main: { roles.stats(wake) }),
    ].map(Staff.init)
  }

  /// Runs the receiver to its end.
  public mutating func run() throws -> RoleExit {
    ProcessTitle.set("xferd: supervisor \(listener.address)")
    while true {
      try startStaff()
      let isConnection = try wait()
      for signal in signals.drain() { hear(signal) }
      if isConnection, shutdown == nil { acceptConnections() }
      if advanceShutdown() == .over { break }
    }
    log.notice("ended")
    return exit
  }

  private func wait() throws -> Bool {
    var set = PollSet()
    _ = set.add(signals.descriptor, .read)
    let now = monotonicNanoseconds()
    let accepts = isReady && shutdown == nil && now >= acceptAgainAt
    let accepting = accepts ? set.add(listener.descriptor, .read) : nil
    let isClosing = shutdown?.step == .close || shutdown?.step == .force
    var moments = isClosing ? [] : staff.compactMap(\.dueAt)
    moments += [shutdown?.deadline, now < acceptAgainAt ? acceptAgainAt : nil].compactMap { $0 }
    let due = moments.min()
    try set.wait(milliseconds: due.map { Int(clamping: ($0 - now) / 1_000_000 + 1) })
    return accepting.map(set.isReadable) ?? false
  }

  private mutating func hear(_ signal: Int32) {
    switch signal {
    case SIGCHLD: reap()
    case SIGUSR1: announceReadiness()
    case SIGHUP: log.notice("SIGHUP changes nothing; SIGTERM ends the receiver")
    default: beginShutdown("told to by signal \(signal)")
    }
  }

  private mutating func announceReadiness() {
    guard !isReady, board[.recorderReady] == 1, board[.httpPort] > 0 else { return }
    isReady = true
    log.notice("receiving on \(listener.address)")
  }

  // MARK: Connections

  private mutating func acceptConnections() {
    for _ in 0..<Supervisor.acceptsPerTurn {
      do {
        guard let (connection, address) = try listener.accept() else { return }
        board.add(.connectionsAccepted)
        admit(connection, address)
        try? connection.close()
      } catch {
        // Out of descriptors or memory: the connection waits in the backlog for better times.
        log.error("\(error)")
        acceptAgainAt = monotonicNanoseconds() + Supervisor.acceptPause
        return
      }
    }
  }

  private mutating func admit(_ connection: FileDescriptor, _ address: SocketAddress) {
    switch admission.decide(address.network) {
    case .serve: startSession(connection, address, nil)
    case .refuse(let refusal): startSession(connection, address, refusal)
    case .drop:
      board.add(.connectionsDropped)
      log.warning("dropped a connection: far too many", metadata: ["client": "\(address.host)"])
    }
  }

  private mutating func startSession(
    _ connection: FileDescriptor, _ address: SocketAddress, _ refusal: Refusal?
  ) {
    guard let slot = sessions.claimSlot(address.host) else { return }
    let assignment = Assignment(
      connection: connection, address: address, refusal: refusal, slot: board.session(slot))
    let keeps = [connection.rawValue] + roles.sessionKeeps.map(\.rawValue)
    do {
      let pid = try Fork.child(keeping: keeps) { [roles] in roles.session(assignment).rawValue }
      sessions.add(pid, address, isServed: refusal == nil, slot: slot)
      admission.enter(address.network, isServed: refusal == nil)
    } catch {
      sessions.release(slot: slot)
      board.add(.connectionsDropped)
      log.error("dropped a connection: \(error)", metadata: ["client": "\(address.host)"])
    }
  }

  // MARK: Children

  private mutating func reap() {
    while let (pid, end) = Fork.reap() {
      if let session = sessions.remove(pid) {
        admission.leave(session.address.network, wasServed: session.isServed)
        noteSession(end, pid, session.address.host)
      } else if let index = staff.firstIndex(where: { $0.pid == pid }) {
        noteStaff(index, end)
      }
    }
  }

  private func noteSession(_ end: ProcessEnd, _ pid: pid_t, _ address: String) {
    switch end {
    case .exited(let code) where RoleExit(rawValue: code) == .done: break
    case .exited(let code) where RoleExit(rawValue: code) == .peerFailed: break
    default:
      board.add(.sessionsCrashed)
      log.error("session \(pid) \(end.words)", metadata: ["client": "\(address)"])
      // It gives back what the session had reserved. One that is not ready looks by itself when it is, and may not
      // hear signals yet.
      if board[.recorderReady] == 1 {
        staff.first { $0.role.name == "recorder" }?.tell(SIGUSR1)
      }
    }
  }

  private mutating func noteStaff(_ index: Int, _ end: ProcessEnd) {
    let role = staff[index].role
    staff[index].noteEnd(now: monotonicNanoseconds())
    if role.name == "recorder" { board.set(.recorderReady, 0) }
    if shutdown?.step == .close || shutdown?.step == .force { return }
    if !isReady, case .exited(let code) = end, let status = RoleExit(rawValue: code),
      status == .unusable
    {
      exit = status
      return beginShutdown("\(role.name) cannot work")
    }
    log.error("\(role.name) \(end.words) and is started again")
  }

  private mutating func startStaff() throws {
    if shutdown?.step == .close || shutdown?.step == .force { return }
    for index in staff.indices where !(shutdown != nil && exit == .unusable) {
      do {
        try staff[index].startIfDue(board, now: monotonicNanoseconds())
      } catch {
        log.error("could not start the \(staff[index].role.name): \(error)")
        staff[index].noteEnd(now: monotonicNanoseconds())
      }
    }
  }

  // MARK: The end

  private mutating func beginShutdown(_ why: String) {
    guard shutdown == nil else { return }
    log.notice("ending, \(why)", metadata: ["sessions": .stringConvertible(admission.total)])
    try? listener.descriptor.close()
    board.set(.draining, 1)
    shutdown = Shutdown(now: monotonicNanoseconds(), drainSeconds: options.drainSeconds)
    sessions.tell(SIGTERM)
  }

  private mutating func advanceShutdown() -> Shutdown.Step? {
    let step = shutdown?.advance(
      now: monotonicNanoseconds(), sessionsLive: !sessions.isEmpty,
      staffLives: staff.contains { $0.pid != nil })
    switch step {
    case .leave:
      board.set(.draining, 2)
      sessions.tell(SIGTERM)
    case .close: staff.forEach { $0.tell(SIGTERM) }
    case .force:
      sessions.tell(SIGKILL)
      staff.forEach { $0.tell(SIGKILL) }
    case .drain, .over, nil: break
    }
    return step
  }
}

extension ProcessEnd {
  fileprivate var words: String {
    switch self {
    case .exited(let code): "ended with status \(code)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }
}
