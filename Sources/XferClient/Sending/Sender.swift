import Glibc
import XferProtocol
import XferSystem

/// Sends a list of files until each has its receipt or its refusal, over as many connections as
/// necessary. It retries after temporary failures, and reports permanent ones.
package final class Sender {
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

    /// All other options have their defaults.
    package init(address: ReceiverAddress) { self.address = address }
  }

  private let options: Options
  private let report: (SendEvent) -> Void
  private let queue: SendQueue
  private var retries: Retries
  private let start = bootNanoseconds()
  private var wasConnected = false
  private var invalidGreetings = 0
  private var refused = 0
  private var failed = 0
  private var different = 0
  private var unproven = 0
  private lazy var receipts = Receipts(options.proof, queue: queue) {
    [unowned self] in note($0)
  }

  /// `report` receives every event of the run.
  package init(_ list: SendList, options: Options, report: @escaping (SendEvent) -> Void) {
    self.options = options
    self.report = report
    retries = Retries(for: options.retryFor)
    queue = SendQueue(list.files)
  }

  /// Sends the files. Returns when each has its receipt or its refusal, or the time without
  /// progress is over.
  package func run() -> SendResult {
    ignoreSignal(SIGPIPE)  // sendfile(2) has no MSG_NOSIGNAL; a lost connection must be an error
    while !queue.isEmpty || receipts.hasUnread {
      do {
        if !queue.isEmpty { try converse() }
        receipts.readAll()
      } catch {
        let failure = ConnectionFailure(error)
        switch failure {
        case .notReceiver, .insecure: invalidGreetings += 1
        case .unreachable, .refused, .lost, .untrusted: break
        }
        guard isTemporary(failure), retries.mayWait else { return result(giveUp(failure)) }
        wait(after: failure)
      }
    }
    return result(failed > 0 ? .failed : refused > 0 ? .refused : .allReceived)
  }

  /// A difference takes precedence over files that were not sent.
  private func result(_ end: SendResult) -> SendResult {
    if different > 0 { return .different }
    return end == .allReceived && unproven > 0 ? .unproven : end
  }

  private func converse() throws {
    let connection = try ReceiverConnection(options.address, agent: options.agent)
    let conversation = SendConversation(
      connection, queue: queue, receipts: receipts, runStart: start,
      machine: options.machine ?? Machine.identity,
      mayWait: { [self] in retries.mayWait }, report: { [self] in note($0) })
    do {
      try conversation.run()
    } catch {
      conversation.requeueUnanswered()
      throw error
    }
  }

  private func note(_ event: SendEvent) {
    switch event {
    case .sent(_, isNew: true), .delivered, .working, .reading: retries.noteProgress()
    case .refused: refused += 1
    case .failed: failed += 1
    case .connected: wasConnected = true
    case .differs(_, _, _, let isFault): different += isFault ? 1 : 0
    case .sent, .resumed, .waiting, .givenUp: break
    }
    if case .delivered(_, _, .missing) = event { unproven += 1 }
    report(event)
  }

  /// A receiver that has replied once exists, even if name resolution fails later. An invalid
  /// greeting may be damaged on the way, so the first one is retried; after a second one the server
  /// is not a receiver, unless it has replied correctly before.
  private func isTemporary(_ failure: ConnectionFailure) -> Bool {
    switch failure {
    case .unreachable where wasConnected: true
    case .notReceiver, .insecure: wasConnected || invalidGreetings < 2
    default: failure.isTemporary
    }
  }

  private func wait(after failure: ConnectionFailure) {
    let pause = retries.pause(after: failure)
    report(.waiting(why: "\(failure)", pause: pause))
    usleep(UInt32(pause.nanoseconds / 1000))
  }

  private func giveUp(_ failure: ConnectionFailure) -> SendResult {
    giveUpFiles(because: "\(failure)")
    switch failure {
    case .unreachable, .notReceiver: return wasConnected ? .failed : .unreachable
    case .refused, .untrusted: return .refused
    case .insecure: return wasConnected ? .failed : .unreachable
    case .lost: return .failed
    }
  }

  private func giveUpFiles(because why: String) {
    receipts.readAll()
    let files = queue.removeAll()
    report(.givenUp(why: why, files: files.count))
    for file in files { note(.failed(file, why: why)) }
  }
}
