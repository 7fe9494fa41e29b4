import Glibc
import Logging
import SystemPackage
import XferIdentity
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
  /// The address of the client, as a trusted proxy has passed it on.
  private let address: SocketAddress
  /// The failure of the PROXY header; nil if it is valid, or if none is expected.
  private let proxyFailure: PeerFailure?
  /// True if the connection came through a proxy for a client.
  private let isProxied: Bool
  private let options: SessionOptions
  private let keys: LocalListener
  private let clients: OpenedClients
  /// The context of a client without an identity.
  private let anonymous: SessionContext

  /// Prepares a session for an accepted connection. Throws if signals or socket options cannot be
  /// set up.
  package init(
    _ connection: FileDescriptor, from address: SocketAddress, options: SessionOptions,
    clients: OpenedClients, board: Scoreboard, slot: SessionSlot, services: SessionServices
  ) throws {
    Failpoint.pass("session.confined")
    let signals = try SignalInbox([SIGTERM, SIGUSR2])
    let ending = StopSignal(board: board, slot: slot, signals: signals)
    self.clients = clients
    let proxy = ProxyReader(
      connection: connection, timeout: options.headerTimeout, ending: ending)
    let trusted = options.trustedProxies
    (self.address, proxyFailure) = try proxy.clientBehind(address, ifIn: trusted)
    isProxied = self.address != address
    if isProxied { slot.show(address: self.address.host) }
    client = try ClientConnection(
      .plain(PlainTransport(connection)), options: options, slot: slot, ending: ending,
      throttle: Throttle(board.rates, options: options, network: self.address.network))
    anonymous = SessionContext(
      client: Client(address: self.address.host), rights: .unlimited, options: options,
      board: board,
      slot: slot, recorder: RecorderChannel(services.recorder),
      answers: AnswersChannel(services.answers), ending: ending)
    self.options = options
    keys = services.keys
    ProcessTitle.set("xferd: session \(self.address)")
  }

  /// Serves or refuses the client until the connection ends. Counts and logs the failure if there
  /// is one, and returns the exit status of the process.
  package func run(_ decision: AdmissionDecision) -> RoleExit {
    // That of the client as far as it is known, so that the log has its name.
    var context = anonymous
    do {
      try converse(decision, &context)
      return .done
    } catch let failure as PeerFailure {
      context.note(failure)
      return .peerFailed
    } catch let error as WireError {
      context.note(PeerFailure(error))
      return .peerFailed
    } catch {
      context.log.error("session failed", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  private func converse(_ decision: AdmissionDecision, _ context: inout SessionContext) throws {
    if let proxyFailure { throw proxyFailure }
    let decision = decide(decision)
    guard let first = try client.firstByte() else {
      return anonymous.log.debug("the client disconnected without sending a byte")
    }
    if DetectedProtocol(firstByte: first) == .tls {
      try converseEncrypted(decision, &context)
    } else if case .refuse(let refusal) = decision {
      try RefusedConversation(client, in: anonymous).run(refusal)
    } else if options.access.isOpen(to: address.host) {
      try serve(anonymous)
    } else {
      try RefusedConversation(client, in: anonymous).run(.identityRequired)
    }
  }

  /// Decides again, by the address of the client, about a connection through a proxy: the
  /// supervisor saw only the proxy's address.
  private func decide(_ decision: AdmissionDecision) -> AdmissionDecision {
    guard isProxied, decision == .serve else { return decision }
    let isServed = anonymous.board.enter(
      anonymous.slot, .network, key: address.network, limit: options.perAddress)
    return isServed ? .serve : .refuse(.tooMany(from: address.network))
  }

  private func converseEncrypted(
    _ decision: AdmissionDecision, _ context: inout SessionContext
  ) throws {
    let handshake = try Handshake(keys, access: options.access)
    let transport = try client.encrypt(by: handshake.server, peer: address)
    handshake.end()
    if case .refuse(let refusal) = decision {
      return try RefusedConversation(client, in: anonymous).run(refusal)
    }
    let receiver = try handshake.pin
    if let pin = transport.peerPin, pin != handshake.host, try client.isJoining() {
      return try Stranger(client, pin: pin, receiver: receiver, in: anonymous).run()
    }
    let identity = try Identification(
      options.access, list: try clients.list.get(), address: address.host, host: handshake.host
    ).identify(transport)
    try converse(with: identity, at: receiver, &context)
  }

  private func converse(
    with identity: PeerIdentity, at receiver: Pin, _ context: inout SessionContext
  ) throws {
    let isOpen = options.access.isOpen(to: address.host)
    switch identity {
    case .client, .host, .barred: anonymous.slot.noteIdentified()
    case .stranger, .anonymous: break
    }
    switch identity {
    case .client(let enrolled):
      context = anonymous.identified(as: enrolled)
      try serve(enrolled, context)
    case .host:
      // It sends no file, and a check of health must not wait for the clients.
      client.liftRates()
      try serve(anonymous.ofThisHost)
    case .barred(let why):
      try RefusedConversation(client, in: anonymous).run(Refusal(.notAllowed, why))
    case .stranger where isOpen, .anonymous where isOpen:
      try serve(anonymous)
    case .stranger(let pin):
      try Stranger(client, pin: pin, receiver: receiver, in: anonymous).run()
    case .anonymous: try RefusedConversation(client, in: anonymous).run(.identityRequired)
    }
  }

  /// Serves a client that is enrolled, unless it has as many sessions as it may.
  ///
  /// A reload ends the sessions of clients that were revoked. It does not see one that was being
  /// identified, so that such a session looks for a reload.
  private func serve(_ enrolled: EnrolledClient, _ context: SessionContext) throws {
    if let refusal = refusal(of: enrolled, in: context) {
      return try RefusedConversation(client, in: context).run(refusal)
    }
    if let rate = enrolled.rights.rate {
      client.limit(key: "client \(enrolled.name)", bytesPerSecond: rate)
    }
    context.reportOtherAddress()
    try serve(context)
  }

  private func refusal(of enrolled: EnrolledClient, in context: SessionContext) -> Refusal? {
    if context.board[.reloads] != clients.reloads { return .listChanged }
    let isAdmitted = context.board.enter(
      context.slot, .client, key: enrolled.name.text,
      limit: enrolled.rights.sessions ?? options.perClient)
    if isAdmitted { return nil }
    return Refusal(
      .busy, "\(enrolled.name) has reached its limit of connections", retryAfter: 2)
  }

  /// Holds the conversation in the protocol of the client's first byte.
  private func serve(_ context: SessionContext) throws {
    switch DetectedProtocol(firstByte: try client.firstByte()) {
    case .native: try NativeConversation(client, in: context).run()
    case .classic where context.client.name == nil && context.rights.maySend:
      try ClassicConversation(client, in: context).run()
    case .classic, .tls: throw PeerFailure(.malformed, "the first bytes are not those of xfer")
    case .nothing: context.log.debug("the client disconnected without sending a byte")
    }
  }
}
