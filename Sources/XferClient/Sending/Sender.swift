import Glibc
import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// Sends a list of files until each has its receipt or its refusal, over as many connections as
/// necessary. It retries after temporary failures, and reports permanent ones.
///
/// Each connection has a thread of its own, because opening and reading files, encrypting and
/// connecting block. The threads share the queue, the limit and the report.
package final class Sender: Sendable {
  /// The settings of a run.
  package struct Options: Sendable {
    /// The receiver to send to.
    package var address: ReceiverAddress
    /// The time without progress after which the run ends.
    package var retryFor = Duration.seconds(300)
    /// The name of the program for the receiver's log.
    package var agent = "xferctl"
    /// The receipts to compare with the local files.
    package var proof = Proof.none
    /// The identity of this machine, for the ids of its files; nil for host name and machine-id(5).
    package var machine: String?
    /// The number of connections; nil for one that suits the files.
    package var jobs: Int?
    /// The bytes a second over all connections; nil for no limit.
    package var limit: UInt64?
    /// True if files are removed here after their receipts have arrived.
    package var removesSources = false
    /// The set to which the files belong; nil for none.
    package var set: SetReference?
    /// True if a receiver that knows no sets is an error.
    package var requiresSet = false

    /// All other options have their defaults.
    package init(address: ReceiverAddress) { self.address = address }
  }

  private struct State: Sendable {
    var running = 0
    var hasAllThreads = false
    /// The result if the run ended before every file was offered.
    var end: SendResult?
  }

  private let options: Options
  private let jobs: Int
  private let run: SendRun
  private let wakeup: Wakeup
  private let state = Mutex(State())

  /// `report` receives every event of the run, one at a time, from any thread. Throws if the system
  /// has no descriptor for the run.
  package init(
    _ list: SendList, options: Options, report: @escaping (SendEvent) -> Void
  ) throws(SystemFailure) {
    self.options = options
    jobs = options.jobs ?? Sender.jobs(for: list)
    wakeup = try Wakeup()
    let report = SendReport(patience: options.retryFor, report: report)
    let queue = SendQueue(list.files, directories: list.directories)
    let remover = options.removesSources ? SourceRemover() : nil
    let set = options.set.map {
      SetDelivery(
        $0, of: list, isRequired: options.requiresSet, isRepeatable: !options.removesSources)
    }
    run = SendRun(
      queue: queue,
      receipts: Receipts(options.proof, queue: queue, remover: remover, set: set) {
        report.note($0)
      },
      report: report, stop: try StopSwitch(), limit: options.limit.map { RateLimit(rate: $0) },
      start: bootNanoseconds(), machine: options.machine ?? Machine.identity,
      largeAhead: jobs > 1 ? SendConversation.fewAhead : SendConversation.manyAhead, set: set)
  }

  /// The number of connections that suits the files. One connection carries many small files
  /// without a pause between them. Several large ones fill a long fat link better over several
  /// connections, each of which has a window of its own.
  static func jobs(for list: SendList) -> Int {
    max(1, min(4, list.files.count { $0.size >= 64 << 20 }))
  }

  /// Starts to send. Throws if the system has no thread for it.
  package func start() throws(SystemFailure) {
    ignoreSignal(SIGPIPE)  // sendfile(2) has no MSG_NOSIGNAL; a lost connection must be an error
    try startThread(0)
  }

  /// Readable when each file has its receipt or its refusal, the time without progress is over, or
  /// the run was stopped.
  package var ended: FileDescriptor { wakeup.descriptor }

  /// Stops the run. Receipts of what was sent whole are waited for, for some seconds. The rest can
  /// be resumed by another run.
  package func stop() { run.stop.stop() }

  /// Runs `body` while no event is reported.
  package func serially(_ body: () -> Void) { run.report.serially(body) }

  /// Waits for the end of the run, and returns its result.
  package func finish() -> SendResult {
    var set = PollSet()
    _ = set.add(ended, .read)
    _ = try? set.wait(milliseconds: nil)
    return run.report.result(state.withLock { $0.end })
  }

  /// Sends the files, and returns the result.
  package func send() throws(SystemFailure) -> SendResult {
    try start()
    return finish()
  }
}

// The threads.
extension Sender {
  private func startThread(_ number: Int) throws(SystemFailure) {
    run.queue.enter()
    state.withLock { $0.running += 1 }
    do {
      _ = try BackgroundThread { [self] in
        work(number)
        endThread()
      }
    } catch {
      _ = run.queue.leave()
      endThread()
      throw error
    }
  }

  private func endThread() {
    let isLast = state.withLock { state in
      state.running -= 1
      return state.running == 0
    }
    if isLast { wakeup.wake() }
  }

  /// Starts the other threads after the first connection, so that a server that is not a receiver
  /// sees one.
  private func startOthers() {
    let isDone = state.withLock { state in
      defer { state.hasAllThreads = true }
      return state.hasAllThreads
    }
    guard !isDone else { return }
    for number in 1..<max(1, min(jobs, run.queue.count)) { try? startThread(number) }
  }

  /// Sends over one connection after the other, until another thread goes on alone, or the run
  /// ends.
  private func work(_ number: Int) {
    var retries = Retries(for: options.retryFor)
    while true {
      do {
        if try converse() == .left { return }
        if run.stop.isStopped { return giveUpStopped() }
        run.receipts.readAll()
        if run.queue.isEmpty, !run.receipts.hasUnread, run.set?.isReady != true { return }
      } catch {
        let failure = ConnectionFailure(error)
        run.report.note(failure)
        if run.stop.isStopped { return giveUpStopped() }
        retries.noteProgress(at: run.report.lastProgress)
        let mayRetry = run.report.isTemporary(failure) && retries.mayWait
        if !mayRetry || failure.isLackOfPlaces, run.queue.leave() { return }
        guard mayRetry else { return giveUp(failure) }
        wait(after: failure, &retries, isQuiet: number > 0)
      }
    }
  }

  private func converse() throws -> SendConversation.End {
    if run.queue.isStageEmpty, run.queue.leave() { return .left }
    if run.queue.isEmpty, run.set?.isReady != true { return .finished }
    let connection = try ReceiverConnection(
      options.address, agent: options.agent, set: options.set)
    startOthers()
    let conversation = SendConversation(connection, run)
    do {
      return try conversation.converse()
    } catch {
      conversation.requeueUnanswered()
      throw error
    }
  }

  /// The threads wait for the same receiver, so that one of them reports it.
  private func wait(
    after failure: ConnectionFailure, _ retries: inout Retries, isQuiet: Bool
  ) {
    let pause = retries.pause(after: failure)
    if !isQuiet || run.queue.hasOneConversation {
      run.report.note(.waiting(why: "\(failure)", pause: pause))
    }
    run.stop.wait(pause)
  }
}

// The end of a run before every file was offered.
extension Sender {
  private func giveUp(_ failure: ConnectionFailure) {
    run.receipts.readAll()
    giveUpFiles(because: "\(failure)")
    let wasConnected = run.report.wasConnected
    switch failure {
    case .unreachable, .notReceiver, .insecure: end(as: wasConnected ? .failed : .unreachable)
    case .refused, .untrusted: end(as: .refused)
    case .lost: end(as: .failed)
    }
  }

  /// The last thread reports the files that are left.
  private func giveUpStopped() {
    guard !run.queue.leave() else { return }
    if run.queue.isEmpty, !run.receipts.hasUnread, run.set?.isReady != true { return }
    end(as: .stopped)
    run.receipts.endUnread(because: "interrupted")
    giveUpFiles(because: "interrupted")
  }

  private func end(as result: SendResult) { state.withLock { $0.end = result } }

  private func giveUpFiles(because why: String) {
    let files = run.queue.removeAll()
    run.report.note(.givenUp(why: why, files: files.count { $0.kind != .directory }))
    for file in files { run.report.note(.failed(file, why: why)) }
    if run.set?.isReady == true { run.report.note(.incomplete(why: why)) }
  }
}

extension ConnectionFailure {
  /// True if the receiver serves as many connections as it may. Another connection of this run may
  /// be one of them.
  fileprivate var isLackOfPlaces: Bool {
    if case .refused(let refusal) = self { refusal.isCapacityRefusal } else { false }
  }
}
