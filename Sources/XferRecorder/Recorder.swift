import Glibc
import Logging
import SystemPackage
import XferHistory
import XferLog
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The recorder: makes finished transfers durable, commits their rows, publishes their files and
/// answers the sessions that brought them. It holds the only database handle that can write.
///
/// Life: finishes what an earlier recorder left between row and name, then serves the sessions in
/// groups: everything that has come in while the last group was written makes the next one.
/// Death: with SIGTERM, when no session is left; at any other moment nothing is lost, as sessions
/// ask again and `Recovery` knows from the table in `DataDirectory` what was left undone.
public struct Recorder {
  public struct Options: Sendable {
    public let data: DataDirectory
    public let durability: Durability
    /// Seconds that a broken transfer is kept for its sender to come back.
    public let keepPartial: Int
    /// Bytes of the disk that are left free: below that failures are not written down.
    public var reserve: Int64 = 0
    /// Seconds that rows of failures, and rows at all, are kept; nil for ever.
    public var keepFailed: Int?
    public var keepHistory: Int?

    public init(data: DataDirectory, durability: Durability, keepPartial: Int) {
      self.data = data
      self.durability = durability
      self.keepPartial = keepPartial
    }
  }

  /// Nanoseconds until it is tried again to let sessions in.
  private static let retryPause: Int64 = 500_000_000

  private let options: Options
  private let board: Scoreboard
  private let listener: LocalListener
  private let log = Logger(label: "recorder")

  public init(_ options: Options, board: Scoreboard, listener: LocalListener) {
    self.options = options
    self.board = board
    self.listener = listener
  }

  /// Serves until it is told to end. `whenReady` is called once, before the first session is heard.
  public func run(whenReady: () -> Void) -> RoleExit {
    ProcessTitle.set("xferd: recorder")
    do {
      let signals = try SignalInbox([SIGTERM, SIGUSR1])
      guard let history = try openHistory(signals) else { return .done }
      let keeper = Keeper(options, history: history, board: board, log: log)
      let boot = try BootMark(options.data)
      let afterPowerLoss = try boot.detectsPowerLoss()
      try Recovery(keeper, options.data, afterPowerLoss: afterPowerLoss).run()
      if afterPowerLoss { try removePartialFiles(keeper) }
      try boot.set()
      board.set(.recorderReady, 1)
      whenReady()
      try serve(keeper, signals)
      try history.close()
      try boot.clear()
      return .done
    } catch let unusable as HistoryUnusable {
      log.critical("\(unusable)")
      return .unusable
    } catch {
      log.error("recorder failed; the supervisor will restart it", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  /// Opens the history, or waits until it can be: it is held by another program, or its disk is full. Nil where the
  /// receiver ends meanwhile.
  private func openHistory(_ signals: SignalInbox) throws -> HistoryWriter? {
    var isTold = false
    while true {
      do {
        return try HistoryWriter(path: options.data.databasePath) {
          log.notice(
            "brings the history of an earlier version up to date; nothing is received meanwhile")
        }
      } catch let unusable as HistoryUnusable where unusable.isPassing {
        if !isTold { log.error("\(unusable); tries again until it can be used") }
        isTold = true
      }
      var set = PollSet()
      _ = set.add(signals.descriptor, .read)
      try set.wait(milliseconds: Int(Recorder.retryPause / 1_000_000))
      if signals.drain().contains(SIGTERM) { return nil }
    }
  }

  private func serve(_ keeper: Keeper, _ signals: SignalInbox) throws {
    let desk = RequestDesk(keeper)
    let rounds = PartialRounds(keeper, keepSeconds: options.keepPartial)
    var sessions: [SessionChannel] = []
    var isEnding = false
    var isCrowded = false
    var logBound = LogBound()
    var pruner = Pruner(options)
    try listener.descriptor.setNonBlocking(true)
    while !isEnding || !sessions.isEmpty {
      let crowdedUntil = isCrowded ? monotonicNanoseconds() + Recorder.retryPause : .max
      let again = min(desk.dueAt, crowdedUntil)
      let ready = try Recorder.wait(
        isCrowded ? nil : listener, signals, sessions,
        until: desk.isBehind ? again : min(rounds.dueAt, pruner.dueAt, again))
      for signal in signals.drain() {
        if signal == SIGTERM { isEnding = true } else { rounds.hasten() }
      }
      isCrowded = !letIn(&sessions)
      let requests = ready.flatMap { session in
        session.receive().map { (session: session, request: $0) }
      }
      try desk.handle(requests)
      for session in sessions { session.send() }
      if !requests.isEmpty { Failpoint.pass("recorder.answered") }
      if !desk.isBehind { pruner.look(keeper) }
      logBound.look(keeper)
      sessions.removeAll { $0.closeIfOver() }
      // What waits for the history has no row yet.
      if !desk.isBehind { rounds.goOn() }
    }
  }

  /// Returns false if the process has no descriptors left. Connections wait in the backlog then.
  private func letIn(_ sessions: inout [SessionChannel]) -> Bool {
    do {
      while let session = try listener.accept() { sessions.append(SessionChannel(session)) }
      return true
    } catch {
      log.error("\(error)")
      return false
    }
  }

  private func removePartialFiles(_ keeper: Keeper) throws {
    let gone = try PartialFiles(
      options.data, keepSeconds: options.keepPartial,
      recorded: try keeper.history.unpublished().map(\.transfer.incomingID)
    ).removeAll()
    log.warning(
      "the machine went down under the receiver; what had come in of transfers is sent again",
      metadata: ["files": .stringConvertible(gone)])
  }

  private static func wait(
    _ listener: LocalListener?, _ signals: SignalInbox, _ sessions: [SessionChannel],
    until end: Int64
  ) throws -> [SessionChannel] {
    var set = PollSet()
    if let listener { _ = set.add(listener.descriptor, .read) }
    _ = set.add(signals.descriptor, .read)
    let slots = sessions.map { set.add($0.descriptor, $0.interest) }
    try set.wait(milliseconds: Int((end - monotonicNanoseconds()) / 1_000_000) + 1)
    return zip(slots, sessions).filter { set.isReadable($0.0) }.map(\.1)
  }
}
