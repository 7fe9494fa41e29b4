import FoundationEssentials
import Synchronization
import SystemPackage
import Testing
import XferIdentity
import XferMetrics
import XferProtocol
import XferSession
import XferStorage
import XferSystem

/// A session that runs on a thread of the test, with a client and a recorder that the test plays.
/// Sockets and files are real.
final class RunningSession {
  /// The client, as the session knows it.
  static let address = Client(address: "127.0.0.1")

  /// The exit status of a session; nil while it runs.
  private final class Exit: Sendable {
    let status = Mutex<RoleExit?>(nil)
  }

  let data: DataDirectory
  let client: ScriptedPeer
  private let listener: LocalListener
  private let thread: BackgroundThread
  private let exit: Exit

  /// Starts a session that serves. `configure` changes the default options.
  init(_ configure: (inout SessionOptions) -> Void = { _ in }) throws {
    data = try DataDirectory(
      path: FileManager.default.temporaryDirectory.path + "/xfer-session-\(TransferID.random())")
    let (near, far, address) = try RunningSession.connection()
    client = try ScriptedPeer(near)
    let (answers, keys) = (try LocalListener(), try LocalListener())
    let (listener, board, exit) = (try LocalListener(), try Scoreboard(sessions: 1), Exit())
    (self.listener, self.exit) = (listener, exit)
    var options = SessionOptions(
      data: data, published: PublishedFiles(data), durability: .lazy)
    configure(&options)
    let lists = try PrivateDirectory(data.path)
    thread = try BackgroundThread { [options] in
      let session = try? Session(
        far, from: address, options: options, clients: OpenedClients(in: lists, board: board),
        board: board, slot: board.session(0),
        services: SessionServices(recorder: listener, answers: answers, keys: keys))
      let status = session?.run(.serve)
      exit.status.withLock { $0 = status }
      try? far.close()
    }
  }

  deinit {
    data.incoming.close()
    data.files.close()
    try? listener.descriptor.close()
    try? FileManager.default.removeItem(atPath: data.path)
  }

  /// Two ends of one connection, and the address of the first one.
  private static func connection() throws -> (FileDescriptor, FileDescriptor, SocketAddress) {
    let listener = try Listener(Endpoint(host: "127.0.0.1", port: 0))
    defer { try? listener.descriptor.close() }
    let near = try connect(to: [listener.address], timeout: 10_000)
    try wait(for: listener.descriptor)
    let (far, address) = try #require(try listener.accept())
    return (near, far, address)
  }

  private static func wait(for descriptor: FileDescriptor) throws {
    var set = PollSet()
    _ = set.add(descriptor, .read)
    try set.wait(milliseconds: 60_000)
  }

  /// Accepts the connection of the session to its recorder.
  func recorder() throws -> ScriptedPeer {
    try RunningSession.wait(for: listener.descriptor)
    return try ScriptedPeer(try #require(try listener.accept()))
  }

  /// Greets the session as a client of version 2, and returns its greeting.
  func greet() throws -> ReceiverMessage {
    try client.send {
      $0.write(raw: WireLimits.magic)
      ClientMessage.hello(Hello(agent: "test")).encode(into: &$0)
    }
    #expect(try client.bytes(WireLimits.magic.count) == WireLimits.magic)
    return try client.message()
  }

  /// Waits for the end of the session, and returns its exit status.
  func end() -> RoleExit? {
    thread.join()
    return exit.status.withLock { $0 }
  }
}
