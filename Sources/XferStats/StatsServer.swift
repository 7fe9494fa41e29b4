import Dispatch
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization
import XferHistory
import XferLog
import XferMetrics
import XferProtocol
import XferSystem

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

    /// Creates options.
    package init(endpoint: Endpoint, history: any HistoryStore, patience: Duration) {
      self.endpoint = endpoint
      self.history = history
      self.patience = patience
    }
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

  /// Creates a stats process that reads `board`.
  package init(_ options: Options, board: Scoreboard) {
    self.options = options
    self.board = board
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
    let server = application(on: host, whenReady: whenReady)
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

  private func application(
    on host: String, whenReady: @escaping @Sendable () -> Void
  ) -> some ApplicationProtocol {
    // A stats process that is started again uses the port that the kernel chose for the first one.
    let chosen = Int(board[.httpPort])
    let port = chosen > 0 ? chosen : Int(options.endpoint.port)
    var quiet = Logger(label: "stats")
    quiet.logLevel = .warning
    return Application(
      router: StatsRoutes(board: board, history: options.history, log: log).router,
      server: .http1(configuration: connectionSettings),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: "xferd",
        availableConnectionsDelegate: MaximumAvailableConnections(StatsServer.connections)),
      onServerRunning: { channel in
        let bound = channel.localAddress?.port ?? port
        board.set(.httpPort, Int64(bound))
        log.notice(
          "serving http://\(Endpoint(host: host, port: UInt16(bound)))/stats")
        whenReady()
      },
      logger: quiet)
  }
}
