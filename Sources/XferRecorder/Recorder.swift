import Glibc
import Logging
import SystemPackage
import XferHistory
import XferLog
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The recorder makes sealed transfers durable, commits their rows, publishes their files and
/// answers the sessions. It holds the only database handle that can write.
///
/// Life: it finishes the transfers that an earlier recorder left between row and name. Then it
/// serves the sessions in groups: requests that arrive while one group is written make the next.
/// Death: it ends after SIGTERM, when no session is left. If it dies at any other moment nothing is
/// lost: sessions send their requests again, and `Recovery` finishes the rest.
package struct Recorder {
  /// The time until a failed accept, or opening of the history, is retried.
  private static let retryPause = Duration.milliseconds(500)

  private let options: RecorderOptions
  private let board: Scoreboard
  private let listener: LocalListener
  private let log = Logger(label: "recorder")

  /// Creates a recorder. Sessions connect to `listener`, which the supervisor keeps open.
  package init(_ options: RecorderOptions, board: Scoreboard, listener: LocalListener) {
    self.options = options
    self.board = board
    self.listener = listener
  }

  /// Serves until SIGTERM has arrived and the last session is closed. `whenReady` is called once,
  /// before the first session is accepted.
  package func run(whenReady: () -> Void) -> RoleExit {
    ProcessTitle.set("xferd: recorder")
    do {
      let signals = try SignalInbox([SIGTERM, SIGUSR1])
      guard let history = try openHistory(signals) else { return .done }
      let context = RecorderContext(options, history: history, board: board, log: log)
      let boot = try BootMark(options.data)
      let afterPowerLoss = try boot.detectsPowerLoss()
      try Recovery(context, data: options.data, afterPowerLoss: afterPowerLoss).run()
      if afterPowerLoss { try removePartialFiles(context) }
      try boot.set()
      board.set(.recorderReady, 1)
      whenReady()
      try serve(context, signals: signals)
      try history.close()
      try boot.clear()
      return .done
    } catch HistoryFailure.unusable(let why) {
      log.critical("\(why)")
      return .unusable
    } catch {
      log.error("recorder failed; the supervisor will restart it", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  /// Opens the history. While another program holds it or its disk is full, waits and retries.
  /// Returns nil if SIGTERM arrives meanwhile.
  private func openHistory(_ signals: SignalInbox) throws -> (any HistoryWriter)? {
    var isReported = false
    while true {
      do {
        return try options.history.openWriter {
          log.notice(
            "migrating the history from an earlier version; nothing is received until that is done")
        }
      } catch {
        guard error.isPassing else { throw error }
        if !isReported { log.error("\(error); retrying until it can be used") }
        isReported = true
      }
      var set = PollSet()
      _ = set.add(signals.descriptor, .read)
      try set.wait(milliseconds: Recorder.retryPause.milliseconds)
      if signals.drain().contains(SIGTERM) { return nil }
    }
  }

  private func serve(_ context: RecorderContext, signals: SignalInbox) throws {
    let queue = RequestQueue(context, history: options.history)
    let rounds = PartialRounds(context, keep: options.keepPartial)
    var sessions: [SessionChannel] = []
    var isEnding = false
    var isCrowded = false
    var logBound = LogBound()
    var pruner = Pruner(options)
    try listener.descriptor.setNonBlocking(true)
    while !isEnding || !sessions.isEmpty {
      let crowdedUntil = isCrowded ? MonotonicTime.now + Recorder.retryPause : .never
      let again = min(queue.dueAt, crowdedUntil)
      let ready = try Recorder.wait(
        for: isCrowded ? nil : listener, signals: signals,
        sets: queue.isBehind ? nil : queue.sets.descriptor,
        sessions: sessions,
        until: queue.isBehind ? again : min(rounds.dueAt, pruner.dueAt, again))
      for signal in signals.drain() {
        if signal == SIGTERM { isEnding = true } else { rounds.hasten() }
      }
      isCrowded = !acceptSessions(&sessions)
      let requests = ready.flatMap { session in
        session.receive().map { (session: session, request: $0) }
      }
      try queue.handle(requests)
      for session in sessions { session.send() }
      if requests.contains(where: { !$0.request.isOfHooks }) { Failpoint.pass("recorder.answered") }
      if !queue.isBehind { pruner.pruneIfDue(context) }
      logBound.check(context)
      sessions.removeAll { $0.closeIfOver() }
      // Files of transfers that wait for the history have no row yet, by which a walk knows them.
      if !queue.isBehind { rounds.walkIfDue() }
    }
  }

  /// Accepts the sessions that wait. Returns false if the process has no descriptors left.
  /// Connections stay in the backlog then.
  private func acceptSessions(_ sessions: inout [SessionChannel]) -> Bool {
    do {
      while let session = try listener.accept() { sessions.append(SessionChannel(session)) }
      return true
    } catch {
      log.error("\(error)")
      return false
    }
  }

  /// Removes all partial files after a power loss, because their content may not be on the disk.
  private func removePartialFiles(_ context: RecorderContext) throws {
    let gone = try PartialFiles(
      options.data, keep: options.keepPartial,
      recorded: try context.history.unpublished().map(\.transfer.incomingID)
    ).removeAll()
    log.warning(
      "the machine went down while the receiver ran; removed partial files, which are sent again",
      metadata: ["files": .stringConvertible(gone)])
  }

  /// Waits for a connection, a signal or a session, at most until `end`.
  /// Returns the sessions that can be read.
  private static func wait(
    for listener: LocalListener?, signals: SignalInbox, sets: FileDescriptor?,
    sessions: [SessionChannel], until end: MonotonicTime
  ) throws -> [SessionChannel] {
    var set = PollSet()
    if let listener { _ = set.add(listener.descriptor, .read) }
    _ = set.add(signals.descriptor, .read)
    if let sets { _ = set.add(sets, .read) }
    let slots = sessions.map { set.add($0.descriptor, $0.interest) }
    try set.wait(milliseconds: end.remaining.milliseconds)
    return zip(slots, sessions).filter { set.isReadable($0.0) }.map(\.1)
  }
}
