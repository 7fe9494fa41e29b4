import Dispatch
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization
import XferHistory
import XferLog
import XferMetrics
import XferProtocol
import XferSystem
import XferTokens

/// The stats process serves pages over HTTP, from the scoreboard and the history. It changes
/// nothing.
///
/// Life: it binds the HTTP address and serves until SIGTERM.
/// Death: only the HTTP connections are lost. The next stats process binds the same port.
package struct StatsServer: Sendable {
  /// The settings of the stats process.
  package struct Options: Sendable {
    /// The address to bind. Port 0 lets the kernel choose one.
    package let endpoint: Endpoint
    /// A listener that is open already, which takes precedence over the address. Nil to bind that.
    package var listener: Listener?
    /// The history, which may not exist yet. It is opened with the first question.
    package let history: any HistoryStore
    /// The time after which a peer that neither sends nor takes anything is disconnected.
    package let patience: Duration
    /// The tokens that are accepted.
    package let tokens: TokenFile
    /// True if the pages that name files or clients need a token.
    package var requiresToken = false
    /// The other pages that need no token. Without `requiresToken` all are open.
    package var openPages: Set<OpenPage> = Set(OpenPage.allCases)
    /// The certificate with which the pages are served. Nil for HTTP without TLS.
    package var certificate: ServerCertificate?

    /// Creates options. All pages are open and without TLS at first.
    package init(
      endpoint: Endpoint, history: any HistoryStore, patience: Duration, tokens: TokenFile
    ) {
      self.endpoint = endpoint
      self.history = history
      self.patience = patience
      self.tokens = tokens
    }
  }

  /// The pages that name neither a file nor a client.
  package enum OpenPage: Sendable, CaseIterable {
    /// `/healthz` and `/readyz`.
    case health
    /// `/metrics`.
    case metrics
  }

  /// The greatest number of connections. More of them wait in the backlog.
  private static let connections = 256
  /// The greatest number of connections of one address. More of them are closed at once.
  private static let perAddress = 64
  /// The greatest length of a header field, in bytes.
  private static let header = 8 << 10

  private let options: Options
  private let board: Scoreboard
  private let log = Logger(label: "stats")
  /// The certificate and its key. Nil for HTTP without TLS.
  private let tls: TLSConfiguration?

  /// Creates a stats process that reads `board`. Reads the files of the certificate, so that the
  /// process needs no access to them afterwards. Throws if they cannot be used.
  package init(_ options: Options, board: Scoreboard) throws {
    self.options = options
    self.board = board
    tls = try options.certificate?.configuration()
  }

  /// Serves until SIGTERM. This process may start threads, because it was forked from a process
  /// with a single thread. `whenReady` is called once, when the server listens.
  package func run(whenReady: @escaping @Sendable () -> Void) -> RoleExit {
    ProcessTitle.set("xferd: stats")
    let ended = DispatchSemaphore(value: 0)
    let result = Mutex(RoleExit.done)
    Task {
      let exit = await serve(whenReady)
      result.withLock { $0 = exit }
      ended.signal()
    }
    ended.wait()
    return result.withLock { $0 }
  }

  private func serve(_ whenReady: @escaping @Sendable () -> Void) async -> RoleExit {
    do {
      let listener = try options.listener ?? Listener(endpoint)
      board.set(.httpPort, Int64(listener.address.port))
      try await serve(on: listener) {
        log.notice("serving \(tls == nil ? "http" : "https")://\(listener.address)/stats")
        whenReady()
      }
      return .done
    } catch {
      log.critical("could not serve HTTP: \(error)")
      return .unusable
    }
  }

  /// The address to bind. A stats process that is started again uses the port that the kernel chose
  /// for the first one.
  private var endpoint: Endpoint {
    let chosen = UInt16(truncatingIfNeeded: board[.httpPort])
    return Endpoint(host: host, port: chosen > 0 ? chosen : options.endpoint.port)
  }

  /// The host to bind. `::` means `0.0.0.0` if no interface has an IPv6 address, as in many
  /// containers.
  private var host: String {
    guard options.endpoint.host == "::", !SocketAddress.hasIPv6 else {
      return options.endpoint.host
    }
    return "0.0.0.0"
  }

  private func serve(
    on listener: Listener, whenServing: @escaping @Sendable () -> Void
  ) async throws {
    var quiet = Logger(label: "stats")
    quiet.logLevel = .warning
    let router = StatsRoutes(options, board: board, log: log).router.buildResponder()
    let pages = HTTP1Channel(
      responder: PageResponder(router: router, log: quiet).respond,
      configuration: connectionSettings)
    guard let tls else {
      return try await run(pages, on: listener, quiet, whenServing)
    }
    try await run(TLSChannel(pages, tlsConfiguration: tls), on: listener, quiet, whenServing)
  }

  private func run(
    _ channels: some ServerChildChannel, on listener: Listener, _ log: Logger,
    _ whenServing: @escaping @Sendable () -> Void
  ) async throws {
    let server = PageServer(
      listener: listener, connections: StatsServer.connections, child: channels, log: log,
      whenServing: whenServing)
    let group = ServiceGroup(
      configuration: .init(
        services: [server], gracefulShutdownSignals: [.sigterm], logger: log))
    try await group.run()
  }

  private var connectionSettings: HTTP1Channel.Configuration {
    let admission = AddressAdmission(most: StatsServer.perAddress)
    let patience = TimeAmount.nanoseconds(options.patience.nanoseconds)
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionHandler(admission, patience: patience)],
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: StatsServer.header, maxHeaderListSize: 2 * StatsServer.header,
        maxHeaderFieldCount: 100))
  }
}
