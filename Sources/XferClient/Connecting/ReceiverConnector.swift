import SystemPackage
import XferIdentity
import XferProtocol
import XferSystem
import XferTransport

/// Connects to a receiver, and makes sure that it is the right one before a byte is said.
struct ReceiverConnector {
  /// Milliseconds for connect(2).
  private static let connectTimeout = 10_000
  /// The time for a TLS handshake.
  private static let handshakeTimeout = Duration.seconds(30)

  private let address: ReceiverAddress

  init(_ address: ReceiverAddress) { self.address = address }

  /// Returns a transport that does not block. With TLS, the handshake is complete.
  func connect() throws(ConnectionFailure) -> Transport {
    let socket = PlainTransport(try open())
    do {
      try Transport.plain(socket).prepareNonBlocking()
      switch address.security {
      case .plain: return .plain(socket)
      case .tls(let trust, let identity):
        return .tls(try handshake(TLSClient(trust, identity: identity), trust, on: socket))
      }
    } catch {
      Transport.plain(socket).close()
      throw ConnectionFailure(error)
    }
  }

  private func open() throws(ConnectionFailure) -> FileDescriptor {
    do {
      let source = try address.source.map { try Endpoint(host: $0, port: 0).resolve()[0] }
      return try XferSystem.connect(
        to: try resolve(), from: source, timeout: ReceiverConnector.connectTimeout)
    } catch let unknown as UnknownHost {
      throw .unreachable(unknown.description, isTemporary: unknown.isPassing)
    } catch let failure as SystemFailure {
      let isLocal = failure.errno == .addressNotAvailable || failure.errno == .permissionDenied
      throw .unreachable(failure.description, isTemporary: !isLocal)
    } catch {
      throw .unreachable("\(error)", isTemporary: false)
    }
  }

  /// Returns the addresses of all hosts. Throws the error of the last host if none has an address.
  private func resolve() throws -> [SocketAddress] {
    var found: [SocketAddress] = []
    var last: (any Error)?
    for server in address.servers {
      do {
        found += try server.resolve()
      } catch {
        last = error
      }
    }
    if found.isEmpty, let last { throw last }
    return found
  }

  private func handshake(
    _ client: TLSClient, _ trust: TLSClient.Trust, on socket: PlainTransport
  ) throws -> TLSTransport {
    guard let peer = socket.peerAddress else {
      throw ConnectionFailure.lost("the receiver has closed the connection")
    }
    let tls = try client.begin(with: socket, peer: peer)
    do {
      try finish(tls)
    } catch {
      guard case .pin(let pin) = trust, let found = tls.presentedPin, found != pin else {
        throw error
      }
      throw ConnectionFailure.untrusted(expected: pin, found: found)
    }
    return tls
  }

  private func finish(_ tls: TLSTransport) throws {
    let end = MonotonicTime.now + ReceiverConnector.handshakeTimeout
    while !tls.isEstablished {
      var wait = TransportWait()
      wait.add(.tls(tls))
      try wait.wait(milliseconds: end.remaining.milliseconds)
      guard .now < end else { throw ConnectionFailure.lost("the TLS handshake took too long") }
      try tls.continueHandshake()
    }
  }
}
