import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import XferSystem

/// Serves HTTP on a listener that is open already, as one that a service manager has opened.
/// Hummingbird itself can only bind an address, so it gives the channels here and not the server.
struct PageServer<Child: ServerChildChannel>: Service {
  /// The listener. It is closed when the server ends.
  let listener: Listener
  /// The greatest number of connections. More of them wait in the backlog.
  let connections: Int
  let child: Child
  let log: Logger
  /// Called once, when the server accepts connections.
  let whenServing: @Sendable () -> Void

  /// Serves until a graceful shutdown, which lets running requests finish.
  func run() async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let quiescing = ServerQuiescingHelper(group: group)
    let server = try await bootstrap(group, quiescing).bind(
      listener.descriptor.rawValue, serverBackPressureStrategy: nil
    ) { child.setup(channel: $0, logger: log) }
    await withGracefulShutdownHandler {
      whenServing()
      await serve(server)
    } onGracefulShutdown: {
      quiescing.initiateShutdown(promise: nil)
    }
  }

  private func bootstrap(
    _ group: any EventLoopGroup, _ quiescing: ServerQuiescingHelper
  ) -> ServerBootstrap {
    let connections = connections
    return ServerBootstrap(group: group)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            AvailableConnectionsChannelHandler(maxConnections: connections),
            quiescing.makeServerChannelHandler(channel: channel))
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
  }

  private func serve(_ server: NIOAsyncChannel<Child.Value, Never>) async {
    await withDiscardingTaskGroup { group in
      do {
        try await server.executeThenClose { accepted in
          for try await connection in accepted {
            group.addTask { await child.handle(value: connection, logger: log) }
          }
        }
      } catch {
        log.error("could not accept connections: \(error)")
      }
    }
  }
}

/// An answer that could not be written, because the client broke the protocol meanwhile. The
/// channel must not write a second answer.
private struct BrokenAnswer: Error {}

/// Answers requests by a router, and adds the headers that belong to every answer.
struct PageResponder<Router: HTTPResponder<StatsContext>>: Sendable {
  let router: Router
  let log: Logger

  /// Writes the answer to a request.
  @Sendable func respond(
    to request: Request, writer: consuming ResponseWriter, on channel: any Channel
  ) async throws {
    let context = StatsContext(source: .init(channel: channel, logger: log))
    var response: Response
    do {
      response = try await router.respond(to: request, context: context)
    } catch let malformed as HTTPParserError {
      throw malformed  // the channel answers it
    } catch {
      log.debug("could not answer a request: \(error)")
      response = Response(status: .internalServerError)
    }
    response.headers[.date] = httpDate
    response.headers[.server] = "xferd"
    do {
      try await writer.write(response: response.head, body: response.body)
    } catch is HTTPParserError {
      throw BrokenAnswer()
    }
  }

  /// The time as headers have it (RFC 9110, IMF-fixdate). The names of days and months are English,
  /// because no process of xfer sets a locale.
  private var httpDate: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 40)
    let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
