import Glibc
import Logging
import SystemPackage
import XferLog
import XferMetrics
import XferProtocol
import XferSystem
import XferTransport

/// A session: the conversation with one client, in a process of its own.
///
/// Life: it detects the protocol by the first byte, receives content into `incoming/` and hands
/// sealed files to the recorder. Death: with its connection. It never writes history and never
/// changes a published file. Unfinished files are kept to be resumed.
package struct Session {
  private let client: ClientConnection
  private let context: SessionContext
  /// The failure of the PROXY header; nil if it is valid, or if none is expected.
  private let proxyFailure: PeerFailure?
  /// True if the connection came through a proxy for a client.
  private let isProxied: Bool
  /// The network that counts as one address.
  private let network: String

  /// Prepares a session for an accepted connection. Throws if signals or socket options cannot be
  /// set up.
  package init(
    _ connection: FileDescriptor, from address: SocketAddress, options: SessionOptions,
    board: Scoreboard, slot: SessionSlot, recorder: LocalListener
  ) throws {
    let signals = try SignalInbox([SIGTERM, SIGUSR1, SIGUSR2])
    var log = Logger(label: "session")
    let ending = StopSignal(board: board, slot: slot, signals: signals)
    let reader = ProxyReader(
      connection: connection, timeout: options.headerTimeout, ending: ending)
    let proxy = address
    var address = address
    var failure: PeerFailure?
    if options.trustedProxies.contains(where: { $0.contains(proxy.host) }) {
      do {
        address = try reader.client(of: proxy)
      } catch let error as PeerFailure {
        failure = error
      }
    }
    proxyFailure = failure
    isProxied = address != proxy
    network = address.network
    if isProxied { slot.show(address: address.host) }
    log[metadataKey: "client"] = "\(address.host)"
    let throttle = Throttle(board.rates, options: options, network: address.network)
    client = try ClientConnection(
      .plain(PlainTransport(connection)), options: options, slot: slot, ending: ending,
      throttle: throttle)
    context = SessionContext(
      client: Client(address: address.host), options: options, board: board, slot: slot, log: log,
      recorder: RecorderChannel(recorder), ending: ending)
    ProcessTitle.set("xferd: session \(address)")
  }

  /// Serves or refuses the client until the connection ends. Counts and logs the failure if there
  /// is one, and returns the exit status of the process.
  package func run(_ decision: AdmissionDecision) -> RoleExit {
    do {
      try converse(decision)
      return .done
    } catch let failure as PeerFailure {
      context.board.count(.connection, reason: failure.reason)
      context.log.notice("\(failure)", metadata: ["reason": "\(failure.reason.code)"])
      return .peerFailed
    } catch {
      context.log.error("session failed", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  private func converse(_ decision: AdmissionDecision) throws {
    if let proxyFailure { throw proxyFailure }
    let decision = decide(decision)
    let first = try client.firstByte()
    if case .refuse(let refusal) = decision {
      return try RefusedConversation(client, in: context).run(firstByte: first, refusal: refusal)
    }
    switch DetectedProtocol(firstByte: first) {
    case .native: try NativeConversation(client, in: context).run()
    case .classic: try ClassicConversation(client, in: context).run()
    case .tls: throw PeerFailure(.notSupported, "the client speaks TLS, which is not offered here")
    case .nothing: context.log.debug("the client disconnected without sending a byte")
    }
  }

  /// Decides again, by the address of the client, about a connection through a proxy: the supervisor
  /// saw only the proxy's address.
  private func decide(_ decision: AdmissionDecision) -> AdmissionDecision {
    guard isProxied, decision == .serve else { return decision }
    let isServed = context.board.enter(
      context.slot, .network, key: network, limit: context.options.perAddress)
    return isServed ? .serve : .refuse(.tooMany(from: network))
  }
}
