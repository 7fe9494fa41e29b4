import Glibc
import XferProtocol
import XferSystem

/// Sends a list of files until each has its receipt or its refusal, over as many connections as it
/// takes: what can pass is waited for, what cannot is told.
public final class Sender {
  public struct Options: Sendable {
    public var address: ReceiverAddress
    /// Seconds without any progress after which it gives up.
    public var retryFor: Double = 300
    public var agent = "xferctl"
    /// Which receipts are compared with the files.
    public var proof = Proof.none
    /// What stands for this machine in the ids of its files; nil for its host name and machine-id(5).
    public var machine: String?

    public init(address: ReceiverAddress) { self.address = address }
  }

  private let options: Options
  private let report: (SendEvent) -> Void
  private let queue: SendQueue
  private var backoff = Backoff()
  private let start = bootNanoseconds()
  private var lastProgress = monotonicNanoseconds()
  private var wasConnected = false
  private var strangeGreetings = 0
  private var refused = 0
  private var failed = 0
  private var different = 0
  private var unproven = 0
  private lazy var receipts = Receipts(options.proof, queue) { [unowned self] in note($0) }

  public init(_ list: SendList, _ options: Options, report: @escaping (SendEvent) -> Void) {
    self.options = options
    self.report = report
    queue = SendQueue(list.files)
  }

  public func run() -> SendResult {
    ignoreSignal(SIGPIPE)  // sendfile(2) knows no MSG_NOSIGNAL; a lost connection is an error
    while !queue.isEmpty || receipts.hasUnread {
      do {
        if !queue.isEmpty { try converse() }
        receipts.readAll()
      } catch {
        let trouble = ConnectionTrouble(error)
        if case .notReceiver = trouble { strangeGreetings += 1 }
        guard isPassing(trouble), mayWait else { return result(giveUp(trouble)) }
        wait(trouble)
      }
    }
    return result(failed > 0 ? .failed : refused > 0 ? .refused : .allReceived)
  }

  /// What arrived other than it was is worse than what did not arrive.
  private func result(_ end: SendResult) -> SendResult {
    if different > 0 { return .different }
    return end == .allReceived && unproven > 0 ? .unproven : end
  }

  private func converse() throws {
    let connection = try ReceiverConnection(options.address, agent: options.agent)
    let conversation = SendConversation(
      connection, queue, receipts, runStart: start, machine: options.machine ?? Machine.identity,
      mayWait: { [self] in mayWait }, tell: { [self] in note($0) })
    do {
      try conversation.run()
    } catch {
      conversation.giveBack()
      throw error
    }
  }

  private func note(_ event: SendEvent) {
    switch event {
    case .sent(_, isNew: true), .delivered, .working, .reading: noteProgress()
    case .refused: refused += 1
    case .failed: failed += 1
    case .connected: wasConnected = true
    case .differs(_, _, _, let isFault): different += isFault ? 1 : 0
    case .sent, .resumed, .waiting, .givenUp: break
    }
    if case .delivered(_, _, .missing) = event { unproven += 1 }
    report(event)
  }

  private func noteProgress() {
    lastProgress = monotonicNanoseconds()
    backoff.reset()
  }

  /// A receiver that has answered once is there, whatever the name service says of it meanwhile.
  /// A greeting may come damaged; twice from the first on, and it is no receiver's.
  private func isPassing(_ trouble: ConnectionTrouble) -> Bool {
    switch trouble {
    case .unreachable where wasConnected: true
    case .notReceiver: wasConnected || strangeGreetings < 2
    default: trouble.isPassing
    }
  }

  private var mayWait: Bool { idleSeconds < options.retryFor }

  private var idleSeconds: Double { Double(monotonicNanoseconds() - lastProgress) / 1e9 }

  private func wait(_ trouble: ConnectionTrouble) {
    var pause = backoff.next()
    if case .refused(let refusal) = trouble, let after = refusal.retryAfter {
      pause = max(pause, Double(after) * .random(in: 1...1.5))
    }
    pause = min(pause, max(options.retryFor - idleSeconds, 0.2), 3600)
    report(.waiting(why: "\(trouble)", seconds: pause))
    usleep(UInt32(pause * 1e6))
  }

  private func giveUp(_ trouble: ConnectionTrouble) -> SendResult {
    giveUpFiles("\(trouble)")
    switch trouble {
    case .unreachable, .notReceiver: return wasConnected ? .failed : .unreachable
    case .refused: return .refused
    case .lost: return .failed
    }
  }

  private func giveUpFiles(_ why: String) {
    receipts.readAll()
    let files = queue.removeAll()
    report(.givenUp(why: why, files: files.count))
    for file in files { note(.failed(file, why: why)) }
  }
}
