import SystemPackage
import XferProtocol
import XferSystem

/// Where the receiver is, and from which address to go there.
public struct ReceiverAddress: Sendable {
  public static let defaultPort: UInt16 = 5005

  public let server: Endpoint
  /// A local address to come from; nil leaves the choice to the kernel.
  public let source: String?
  /// Seconds that it may say nothing, and take nothing, before a connection counts as lost.
  public let timeout: Double

  public init(server: Endpoint, source: String? = nil, timeout: Double = 120) {
    self.server = server
    self.source = source
    self.timeout = timeout
  }
}

/// What keeps a client from being served. `isPassing` tells whether trying again may help.
public enum ConnectionTrouble: Error, CustomStringConvertible {
  case unreachable(String, isPassing: Bool)
  /// The receiver refused the connection as a whole.
  case refused(Refusal)
  case lost(String)
  case notReceiver(String)

  public var description: String {
    switch self {
    case .unreachable(let why, _): why
    case .refused(let refusal): "refused: \(refusal)"
    case .lost(let why): "the connection was lost: \(why)"
    case .notReceiver(let why): "no xfer receiver answers there: \(why)"
    }
  }
}

/// A connection to a receiver. The greeting is on its way when it is made; who uses it may go on within
/// the bounds of version 1 without waiting for the answer, which would cost a round trip. The socket
/// does not block; who uses it waits with `wait`.
final class ReceiverConnection {
  /// Milliseconds for a connection to be made.
  private static let connectTimeout = 10_000

  let descriptor: FileDescriptor
  /// The receiver's bounds: those of version 1 until it has said its own.
  private(set) var welcome = Welcome(version: 1, agent: "")
  /// The receiver has answered the greeting.
  var isGreeted: Bool { greetedAt != nil }
  /// When that was, by `bootNanoseconds`.
  private(set) var greetedAt: Int64?
  private var hasMagic = false
  private let input = FrameBuffer(capacity: 128 * 1024)
  private let timeout: Double
  private var lastHeard = monotonicNanoseconds()

  init(_ address: ReceiverAddress, agent: String) throws(ConnectionTrouble) {
    timeout = address.timeout
    descriptor = try ReceiverConnection.connect(address)
    do {
      try descriptor.setNonBlocking(true)
      try descriptor.keepAlive()
      try greet(agent)
    } catch {
      try? descriptor.close()
      throw ConnectionTrouble(error)
    }
  }

  deinit { try? descriptor.close() }

  private static func connect(_ address: ReceiverAddress) throws(ConnectionTrouble)
    -> FileDescriptor
  {
    do {
      let source = try address.source.map { try Endpoint(host: $0, port: 0).resolve()[0] }
      return try XferSystem.connect(
        to: try address.server.resolve(), from: source, timeout: connectTimeout)
    } catch let unknown as UnknownHost {
      throw .unreachable(unknown.description, isPassing: unknown.isPassing)
    } catch let failure as SystemFailure {
      let isLocal = failure.errno == .addressNotAvailable || failure.errno == .permissionDenied
      throw .unreachable(failure.description, isPassing: !isLocal)
    } catch {
      throw .unreachable("\(error)", isPassing: false)
    }
  }

  private func greet(_ agent: String) throws {
    var greeting = WireWriter()
    greeting.write(raw: WireLimits.magic)
    ClientMessage.hello(Hello(agent: agent)).encode(into: &greeting)
    _ = try greeting.bytes.withUnsafeBytes { try descriptor.send($0) }  // a new socket has room
  }

  /// Waits until the receiver has answered the greeting.
  func finishGreeting() throws {
    while try !hearGreeting() { try wait(for: .read) }
  }

  /// Takes the receiver's greeting from what has come in; false where it is not there in whole.
  private func hearGreeting() throws -> Bool {
    if isGreeted { return true }
    do {
      guard try hearMagic(), let frame = try input.nextFrame() else { return false }
      try take(ReceiverMessage(frame))
      return true
    } catch let wire as WireError {
      throw ConnectionTrouble.notReceiver("it sent \(wire)")
    }
  }

  private func hearMagic() throws -> Bool {
    if hasMagic { return true }
    guard input.count >= WireLimits.magic.count else { return false }
    hasMagic = input.take(WireLimits.magic.count).elementsEqual(WireLimits.magic)
    if !hasMagic { throw ConnectionTrouble.notReceiver("it does not greet as one") }
    return true
  }

  private func take(_ greeting: ReceiverMessage) throws {
    switch greeting {
    case .welcome(let welcome): self.welcome = welcome
    case .refusal(_, let refusal): throw ConnectionTrouble.refused(refusal)
    default: throw ConnectionTrouble.notReceiver("its greeting is wrong")
    }
    greetedAt = bootNanoseconds()
  }

  /// Waits for the socket, and takes in what has come; at most `milliseconds`.
  func wait(for interest: PollSet.Interest, milliseconds: Int = 1000) throws {
    var set = PollSet()
    let slot = set.add(descriptor, interest)
    try set.wait(milliseconds: milliseconds)
    if set.isReadable(slot) { try receive() }
    if Double(monotonicNanoseconds() - lastHeard) / 1e9 > timeout {
      throw ConnectionTrouble.lost("the receiver said nothing for \(Int(timeout)) seconds")
    }
  }

  /// What was sent is progress, too: the receiver took it.
  func noteProgress() { lastHeard = monotonicNanoseconds() }

  /// Takes in what has come.
  func receive() throws {
    switch try descriptor.receive(into: input.space()) {
    case .bytes(let count):
      input.filled(count)
      noteProgress()
    case .nothing: break
    case .end: throw ConnectionTrouble.lost("the receiver ended it")
    }
  }

  /// The next message behind the greeting that has come in whole.
  func message() throws -> ReceiverMessage? {
    guard try hearGreeting() else { return nil }
    return try input.nextFrame().map { try ReceiverMessage($0) }
  }

  /// Waits for the next message.
  func nextMessage() throws -> ReceiverMessage {
    while true {
      if let message = try message() { return message }
      try wait(for: .read)
    }
  }

  /// Sends a message at once: for questions, which are short.
  func say(_ message: ClientMessage) throws {
    var writer = WireWriter()
    message.encode(into: &writer)
    while !writer.isEmpty {
      let sent = try writer.bytes.withUnsafeBytes { try descriptor.send($0) }
      writer.removeFirst(sent)
      if !writer.isEmpty { try wait(for: .both) }
    }
  }
}

extension ConnectionTrouble {
  init(_ error: any Error) {
    switch error {
    case let trouble as ConnectionTrouble: self = trouble
    case let failure as SystemFailure: self = .lost(failure.errno.description.lowercased())
    case let wire as WireError: self = .lost("it brought \(wire)")
    default: self = .lost("\(error)")
    }
  }

  /// Whether the same may go well later.
  public var isPassing: Bool {
    switch self {
    case .unreachable(_, let isPassing): isPassing
    case .refused(let refusal): refusal.retryAfter != nil || refusal.reason == .timeout
    case .lost: true
    case .notReceiver: false
    }
  }
}
