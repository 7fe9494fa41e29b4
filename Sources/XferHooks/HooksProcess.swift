import Glibc
import Logging
import XferHistory
import XferLog
import XferMetrics
import XferProtocol
import XferSystem

/// The process that runs the operator's commands after a file is published or a set is complete.
///
/// The history is its list of things to do, so that no event is lost. Each command runs at least
/// once: again if it fails, and again if this process ends before the command does.
///
/// Life: it reads its progress from the history, and runs commands until SIGTERM. Death: it tells
/// its commands to end. The recorder writes its progress, because it is the only writer.
package struct HooksProcess {
  /// The time between two looks at the history while the recorder is silent.
  private static let pause = Duration.seconds(1)
  /// The time that commands have to end after SIGTERM.
  private static let grace = Duration.seconds(2)

  private let options: HookOptions
  private let board: Scoreboard
  private let recorder: LocalListener
  private let wakeup: Wakeup
  private let log = Logger(label: "hooks")

  /// Creates the process. The recorder wakes it by `wakeup` after it has changed the history.
  package init(
    _ options: HookOptions, board: Scoreboard, recorder: LocalListener, wakeup: Wakeup
  ) {
    self.options = options
    self.board = board
    self.recorder = recorder
    self.wakeup = wakeup
  }

  /// Runs commands until SIGTERM. `whenReady` is called once, when the progress is read.
  package func run(whenReady: () -> Void) -> RoleExit {
    ProcessTitle.set("xferd: hooks")
    do {
      let signals = try SignalInbox([SIGTERM, SIGCHLD])
      guard let history = try openHistory(signals) else { return .done }
      let desk = HookDesk(
        options, history: history, recorder: RecorderLink(recorder), board: board, log: log)
      try desk.begin()
      board.set(.hooksReady, 1)
      whenReady()
      // From here on neither this process nor a command can signal another process of the receiver.
      try Sandbox.confineSignals()
      try serve(desk, signals)
      return .done
    } catch {
      log.error("hooks failed; the supervisor will restart them", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  /// Waits until the recorder has opened the history, which it may migrate first. Returns nil after
  /// SIGTERM.
  private func openHistory(_ signals: SignalInbox) throws -> (any HistoryReader)? {
    while board[.recorderReady] == 0 {
      var set = PollSet()
      _ = set.add(signals.descriptor, .read)
      try set.wait(milliseconds: 50)
      if signals.drain().contains(SIGTERM) { return nil }
    }
    return try options.history.openReader(patience: nil)
  }

  private func serve(_ desk: HookDesk, _ signals: SignalInbox) throws {
    defer { desk.stop(SIGKILL) }
    while true {
      try desk.advance(now: .now)
      if try wait(desk, signals, atMost: desk.pause(now: .now) ?? HooksProcess.pause) {
        return try end(desk, signals)
      }
    }
  }

  /// Waits for the history, for a command or for a signal. Returns true after SIGTERM.
  private func wait(_ desk: HookDesk, _ signals: SignalInbox, atMost pause: Duration) throws -> Bool
  {
    var set = PollSet()
    _ = set.add(signals.descriptor, .read)
    let news = set.add(wakeup.descriptor, .read)
    for hook in desk.running where hook.hasOutput { _ = set.add(hook.command.output, .read) }
    try set.wait(milliseconds: min(pause, HooksProcess.pause).milliseconds)
    if set.isReady(news) { wakeup.clear() }
    desk.look()
    let isEnding = signals.drain().contains(SIGTERM)
    while let (pid, end) = Fork.reap() { desk.noteEnd(pid, end) }
    return isEnding
  }

  private func end(_ desk: HookDesk, _ signals: SignalInbox) throws {
    desk.isEnding = true
    desk.stop(SIGTERM)
    let deadline = MonotonicTime.now + HooksProcess.grace
    while !desk.running.isEmpty, .now < deadline {
      _ = try wait(desk, signals, atMost: .milliseconds(100))
    }
  }
}
