import ArgumentParser
import SystemPackage
import XferIdentity
import XferKeys
import XferMetrics
import XferProtocol
import XferSession
import XferSystem
import XferTransport

/// A server that only greets: a process for each connection and a handshake with certificates on both
/// sides, as in xferd, without its limits, sandboxes, recorder and history. So the cost of the key's
/// process shows.
struct Handshakes: ParsableCommand {
  /// The place of the private key.
  enum Place: String, ExpressibleByArgument {
    /// The process of the connection, which inherits the key.
    case session
    /// A process of its own, as in xferd.
    case keys
  }

  @Argument(help: "The port.") var port: UInt16
  @Argument(help: "The directory of the key, which is made.") var directory: String
  @Option(help: "The place of the private key: session or keys.") var key: Place

  func run() throws {
    let signer: any Signer =
      switch key {
      case .session: try InheritedKey(directory)
      case .keys: try KeyProcess(directory)
      }
    try TLSWarmup.perform()
    let listener = try Listener(Endpoint(host: "127.0.0.1", port: port))
    while true {
      var set = PollSet()
      _ = set.add(listener.descriptor, .read)
      try set.wait(milliseconds: nil)
      while let (connection, address) = try listener.accept() {
        _ = try Fork.child(keeping: [connection.rawValue] + signer.keeps) {
          do {
            try Greeter(connection, address).greet(by: signer.server())
            return 0
          } catch {
            return 1
          }
        }
        try connection.close()
      }
      while Fork.reap() != nil {}
    }
  }
}

/// The means to sign handshakes.
private protocol Signer {
  /// The descriptors that the process of a connection needs for it.
  var keeps: [Int32] { get }
  /// Prepares TLS in the process of a connection.
  func server() throws -> TLSServer
}

/// A key in each process. TLS is prepared once, before the first fork, as it can be then.
private struct InheritedKey: Signer {
  let keeps: [Int32] = []
  private let prepared: TLSServer

  init(_ directory: String) throws {
    let identity = try KeyFiles(try PrivateDirectory(creating: directory)).readOrMake(named: "pair")
    let key = SigningKey.p256(identity.pair.key)
    prepared = try TLSServer(
      chain: [identity.certificate],
      key: RemoteKey([key.algorithm]) { try key.signature(of: $1) }, client: .required)
  }

  func server() -> TLSServer { prepared }
}

/// The key in the process of xferd that holds it.
private struct KeyProcess: Signer {
  private let listener: LocalListener

  var keeps: [Int32] { [listener.descriptor.rawValue] }

  init(_ directory: String) throws {
    let listener = try LocalListener()
    let board = try Scoreboard(sessions: 1)
    _ = try Fork.child(keeping: [listener.descriptor.rawValue]) {
      KeyServer(KeyOptions(source: .own(directory: directory)), board: board, listener: listener)
        .run(whenReady: {}).rawValue
    }
    self.listener = listener
  }

  func server() throws -> TLSServer {
    // The transport and its owner run on one thread.
    nonisolated(unsafe) let keys = try KeysChannel(listener)
    let (chain, algorithm, _) = try keys.certificate()
    return try TLSServer(
      chain: chain, key: RemoteKey([algorithm]) { try keys.sign($0, $1) }, client: .required)
  }
}

/// The conversation of one connection: the handshake, the client's greeting, and the answer to it.
private struct Greeter {
  private let socket: PlainTransport
  private let address: XferSystem.SocketAddress

  init(_ connection: FileDescriptor, _ address: XferSystem.SocketAddress) {
    (socket, self.address) = (PlainTransport(connection), address)
  }

  func greet(by server: TLSServer) throws {
    try Transport.plain(socket).prepareBlocking(timeout: .seconds(10))
    let tls = try server.begin(with: socket, peer: address, received: [])
    while !tls.isEstablished { try tls.continueHandshake() }
    let transport = Transport.tls(tls)
    guard case .bytes = try receive(transport) else { return }
    var answer = WireWriter()
    answer.write(raw: WireLimits.magic)
    ReceiverMessage.welcome(Welcome(version: 1, agent: "pair")).encode(into: &answer)
    _ = try answer.bytes.withUnsafeBytes { try transport.send($0) }
    while case .bytes = try receive(transport) {}
    transport.close()
  }

  private func receive(_ transport: Transport) throws -> Received {
    try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) {
      try transport.receive(into: $0)
    }
  }
}
