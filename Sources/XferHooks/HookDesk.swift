import Logging
import XferHistory
import XferMetrics
import XferProtocol
import XferSystem

/// The commands of the hooks: which runs next, which run, and which are run again.
///
/// Each event is done when its command has succeeded, or when it has failed for too long. The
/// position in the history passes an event only then, or when its failure is written. So a process
/// that dies forgets none: the next one runs the commands again that were under way.
final class HookDesk {
  /// The pause after the first failure of a command. Each next one is twice as long.
  private static let firstPause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(3600)
  /// The number of rows that are read at once, and how often more are read while they are no events.
  private static let rows = 256
  private static let rounds = 100

  private let options: HookOptions
  private let history: any HistoryReader
  private let recorder: RecorderLink
  private let board: Scoreboard
  private let log: Logger
  private var positions: [HookKind: HookPositions] = [:]
  /// The events that were read and have not begun, in their order.
  private var waiting: [HookEvent] = []
  private var retries: [HookRetry] = []
  private(set) var running: [RunningHook] = []
  /// The changes that the recorder has not written yet, in their order. `change` is nil if only the
  /// position moves.
  private var unwritten: [(kind: HookKind, item: Int64, change: HookChange?)] = []
  /// True after a change could not be written, until one is.
  private var isHeldUp = false
  /// True while the process ends. A command that was told to end has not failed then.
  var isEnding = false

  init(
    _ options: HookOptions, history: any HistoryReader, recorder: RecorderLink, board: Scoreboard,
    log: Logger
  ) {
    self.options = options
    self.history = history
    self.recorder = recorder
    self.board = board
    self.log = log
  }

  /// Reads the progress of the former process. A kind that gets a command for the first time begins
  /// with the events from now on.
  func begin() throws {
    let state = try history.hookState()
    for kind in options.commands.keys {
      var position = try state.positions[kind] ?? -1
      if position < 0 {
        position = try history.newestEvent(kind)
        try recorder.write(.position(kind, position))
      }
      positions[kind] = HookPositions(position)
    }
    retries = state.retries.filter { options.commands[$0.kind] != nil }
    showWaiting()
  }

  /// Starts the commands that may run now, and writes the progress.
  func advance(now: Timestamp) throws {
    try startDue(now: now)
    try readAhead()
    while running.count < options.jobs, !waiting.isEmpty {
      start(waiting.removeFirst(), former: nil)
      try readAhead()
    }
    writeProgress()
  }

  /// The time of the next retry or end of a command's time; nil if there is none.
  func pause(now: Timestamp) -> Duration? {
    let due = retries.map(\.dueAt).min().map {
      Duration.microseconds(max(0, $0.microseconds - now.microseconds))
    }
    let end = running.map(\.dueAt.remaining).min()
    let next = running.count < options.jobs ? due : nil
    return [next, end].compactMap { $0 }.min()
  }

  private func startDue(now: Timestamp) throws {
    while running.count < options.jobs,
      let index = retries.firstIndex(where: { $0.dueAt <= now })
    {
      let retry = retries.remove(at: index)
      if let event = try history.event(retry.kind, retry.item) {
        start(event, former: retry)
      } else {
        // Its row was removed from the history.
        unwritten.append((retry.kind, retry.item, .settled(retry.kind, retry.item)))
      }
    }
    showWaiting()
  }

  /// Reads events until enough of them wait, or until there are no more rows.
  private func readAhead() throws {
    for _ in 0..<HookDesk.rounds where waiting.count < options.jobs {
      var isNews = false
      for kind in positions.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
        guard let position = positions[kind] else { continue }
        let events = try history.events(kind, after: position.read, limit: HookDesk.rows)
        isNews = isNews || events.position > position.read
        positions[kind]?.take(events)
        waiting += events.events
      }
      if !isNews { return }
    }
  }

  private func start(_ event: HookEvent, former: HookRetry?) {
    let record = HookRecord(
      event, attempt: (former?.attempts ?? 0) + 1, directory: options.files)
    do {
      let command = try ChildCommand(
        options.commands[event.kind] ?? "", input: record.json,
        environment: HookEnvironment.inherited + record.environment, directory: options.files)
      running.append(
        RunningHook(event, former: former, command: command, timeout: options.timeout))
      board.set(.hooksRunning, Int64(running.count))
    } catch {
      settle(event, former: former, failure: "\(error)")
    }
  }

  /// Reads the output of commands, and ends each command that has exceeded its time.
  func look() {
    for index in running.indices {
      running[index].readOutput()
      running[index].endIfDue(now: .now)
    }
  }

  /// Notes the end of a process. Does nothing if it is none of the commands.
  func noteEnd(_ pid: Int32, _ end: ProcessEnd) {
    guard let index = running.firstIndex(where: { $0.command.pid == pid }) else { return }
    var hook = running.remove(at: index)
    board.set(.hooksRunning, Int64(running.count))
    let failure = hook.finish(end)
    if isEnding, failure != nil { return }
    settle(hook.event, former: hook.former, failure: failure)
  }

  private func settle(_ event: HookEvent, former: HookRetry?, failure: String?) {
    let change: HookChange?
    if let failure {
      change = noteFailure(failure, of: event, former: former)
    } else {
      board.add(.hooksSucceeded)
      change = former == nil ? nil : .settled(event.kind, event.item)
    }
    unwritten.append((event.kind, event.item, change))
    showWaiting()
  }

  /// Returns the change to write.
  private func noteFailure(
    _ why: String, of event: HookEvent, former: HookRetry?
  ) -> HookChange {
    let (now, attempts) = (Timestamp.now, (former?.attempts ?? 0) + 1)
    let since = former?.since ?? now
    board.add(.hooksFailed)
    let isOver = Double(now.microseconds - since.microseconds) >= options.retryFor.inSeconds * 1e6
    let fields: Logger.Metadata = [
      "kind": "\(event.kind.name)", "id": .stringConvertible(event.item),
      "attempt": .stringConvertible(attempts), "error": "\(why)",
    ]
    if isOver {
      board.add(.hooksGivenUp)
      log.error("gave up a command of a hook", metadata: fields)
      return .settled(event.kind, event.item)
    }
    log.warning("a command of a hook failed; it is run again", metadata: fields)
    let pause = HookDesk.pause(after: attempts)
    let retry = HookRetry(
      kind: event.kind, item: event.item, attempts: attempts, since: since,
      dueAt: Timestamp(microseconds: now.microseconds + pause.nanoseconds / 1000),
      error: PeerText.shortened(why))
    retries.append(retry)
    return .retry(retry)
  }

  private static func pause(after attempts: Int) -> Duration {
    min(firstPause * (1 << min(attempts - 1, 12)), longestPause)
  }

  /// Writes the changes. The position stays before an event if its change is not written, so
  /// that its command runs again if this process ends. A change that cannot be written waits.
  private func writeProgress() {
    do {
      while let (kind, item, change) = unwritten.first {
        if let change { try recorder.write(change) }
        positions[kind]?.close(item)
        unwritten.removeFirst()
      }
      for kind in positions.keys { try writePosition(of: kind) }
      isHeldUp = false
    } catch {
      if !isHeldUp { log.error("could not write the progress of the hooks: \(error)") }
      isHeldUp = true
    }
  }

  private func writePosition(of kind: HookKind) throws {
    guard let news = positions[kind]?.news else { return }
    try recorder.write(.position(kind, news))
    positions[kind]?.noteWritten(news)
  }

  private func showWaiting() { board.set(.hooksWaiting, Int64(retries.count)) }

  /// Ends all commands. They run again in the next process.
  func stop(_ signal: Int32) {
    for hook in running { hook.command.signal(signal) }
  }
}
