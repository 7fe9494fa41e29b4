import Dispatch
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
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
      try checkAddress()
      try await serve(on: host, whenReady: whenReady)
      return .done
    } catch {
      log.critical("could not serve HTTP: \(error)")
      return .unusable
    }
  }

  /// The host to bind. `::` means `0.0.0.0` if no interface has an IPv6 address, as in many
  /// containers.
  private var host: String {
    guard options.endpoint.host == "::", !SocketAddress.hasIPv6 else {
      return options.endpoint.host
    }
    return "0.0.0.0"
  }

  /// Binds the address once and releases it, because the error of this module is plainer than that
  /// of the library.
  private func checkAddress() throws {
    guard options.endpoint.port > 0 else { return }
    try Listener(options.endpoint).descriptor.close()
  }

  private func serve(
    on host: String, whenReady: @escaping @Sendable () -> Void
  ) async throws {
    let server = try application(on: host, whenReady: whenReady)
    try await server.runService(gracefulShutdownSignals: [.sigterm])
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

  private var transport: HTTPServerBuilder {
    get throws {
      let plain = HTTPServerBuilder.http1(configuration: connectionSettings)
      return try tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain
    }
  }

  private func application(
    on host: String, whenReady: @escaping @Sendable () -> Void
  ) throws -> some ApplicationProtocol {
    // A stats process that is started again uses the port that the kernel chose for the first one.
    let chosen = Int(board[.httpPort])
    let port = chosen > 0 ? chosen : Int(options.endpoint.port)
    var quiet = Logger(label: "stats")
    quiet.logLevel = .warning
    return Application(
      router: StatsRoutes(options, board: board, log: log).router,
      server: try transport,
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: "xferd",
        availableConnectionsDelegate: MaximumAvailableConnections(StatsServer.connections)),
      onServerRunning: { channel in
        let bound = channel.localAddress?.port ?? port
        board.set(.httpPort, Int64(bound))
        let place = Endpoint(host: host, port: UInt16(bound))
        log.notice("serving \(tls == nil ? "http" : "https")://\(place)/stats")
        whenReady()
      },
      logger: quiet)
  }
}
