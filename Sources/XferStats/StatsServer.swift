import Dispatch
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization
import XferLog
import XferMetrics
import XferProtocol
import XferSystem

/// The stats process: answers plain text over HTTP, from the shared page and the history.
///
/// Life: it binds the HTTP address and serves until SIGTERM. Death: costs nobody but who looks at
/// the figures; the next one binds the same port. It changes nothing.
public struct StatsServer: Sendable {
  public struct Options: Sendable {
    public let endpoint: Endpoint
    public let databasePath: String
    /// Seconds that a peer may say nothing and take nothing.
    public let patience: Int

    public init(endpoint: Endpoint, databasePath: String, patience: Int) {
      self.endpoint = endpoint
      self.databasePath = databasePath
      self.patience = patience
    }
  }

  /// More connections wait in the backlog; more of one address are closed at once.
  private static let connections = 256
  private static let perAddress = 64
  /// Bytes of a request's header.
  private static let header = 8 << 10

  private let options: Options
  private let board: Scoreboard
  private let log = Logger(label: "stats")

  public init(_ options: Options, board: Scoreboard) {
    self.options = options
    self.board = board
  }

  /// Serves until it is told to end. This process may have threads: it was forked from one that
  /// had a single one and never started another. `whenReady` is called once it listens.
  public func run(whenReady: @escaping @Sendable () -> Void) -> RoleExit {
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
      try await serve(on: host, whenReady)
      return .done
    } catch {
      log.critical("no HTTP: \(error)")
      return .unusable
    }
  }

  /// Where no interface has an IPv6 address, as in many containers, `::` means `0.0.0.0`.
  private var host: String {
    guard options.endpoint.host == "::", !SocketAddress.hasIPv6 else {
      return options.endpoint.host
    }
    return "0.0.0.0"
  }

  /// Looks whether the address is free, for an error in plain words: the library's are not.
  private func checkAddress() throws {
    guard options.endpoint.port > 0 else { return }
    try Listener(options.endpoint).descriptor.close()
  }

  private func serve(on host: String, _ whenReady: @escaping @Sendable () -> Void) async throws {
    try await application(host, whenReady).runService(gracefulShutdownSignals: [.sigterm])
  }

  private var connectionSettings: HTTP1Channel.Configuration {
    let admission = AddressAdmission(most: StatsServer.perAddress)
    let patience = TimeAmount.seconds(Int64(options.patience))
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionHandler(admission, patience: patience)],
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: StatsServer.header, maxHeaderListSize: 2 * StatsServer.header,
        maxHeaderFieldCount: 100))
  }

  private func application(
    _ host: String, _ whenReady: @escaping @Sendable () -> Void
  ) -> some ApplicationProtocol {
    // A stats process that is started again keeps the port that the kernel chose for the first.
    let chosen = Int(board[.httpPort])
    let port = chosen > 0 ? chosen : Int(options.endpoint.port)
    var quiet = Logger(label: "stats")
    quiet.logLevel = .warning
    return Application(
      router: StatsRoutes(board: board, databasePath: options.databasePath, log: log).router,
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
