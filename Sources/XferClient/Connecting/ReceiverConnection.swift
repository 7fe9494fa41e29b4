import SystemPackage
import XferProtocol
import XferSystem
import XferTransport

/// A connection to a receiver. The initializer sends the greeting and does not wait for the reply,
/// because that would cost a round trip: until the reply arrives, the limits of version 1 apply.
/// It does not block; the owner waits with `wait`.
final class ReceiverConnection {
  /// Milliseconds for connect(2).
  private static let connectTimeout = 10_000

  private let transport: Transport
  /// The receiver's limits: those of version 1 until its greeting arrives.
  private(set) var welcome = Welcome(version: 1, agent: "")
  /// True if the receiver has replied to the greeting.
  var isGreeted: Bool { greetedAt != nil }
  /// The time of that reply, by `bootNanoseconds`; nil before it.
  private(set) var greetedAt: Int64?
  private var hasMagic = false
  private let input = FrameBuffer(capacity: 128 * 1024)
  private let timeout: Duration
  private var lastProgress = MonotonicTime.now

  /// Connects and sends the greeting. `agent` is the name of this program for the receiver's log.
  init(_ address: ReceiverAddress, agent: String) throws(ConnectionFailure) {
    timeout = address.timeout
    transport = .plain(PlainTransport(try ReceiverConnection.connect(address)))
    do {
      try transport.prepareNonBlocking()
      try sendGreeting(agent)
    } catch {
      transport.close()
      throw ConnectionFailure(error)
    }
  }

  deinit { transport.close() }

  private static func connect(_ address: ReceiverAddress) throws(ConnectionFailure)
    -> FileDescriptor
  {
    do {
      let source = try address.source.map { try Endpoint(host: $0, port: 0).resolve()[0] }
      return try XferSystem.connect(
        to: try address.server.resolve(), from: source, timeout: connectTimeout)
    } catch let unknown as UnknownHost {
      throw .unreachable(unknown.description, isTemporary: unknown.isPassing)
    } catch let failure as SystemFailure {
      let isLocal = failure.errno == .addressNotAvailable || failure.errno == .permissionDenied
      throw .unreachable(failure.description, isTemporary: !isLocal)
    } catch {
      throw .unreachable("\(error)", isTemporary: false)
    }
  }

  private func sendGreeting(_ agent: String) throws {
    var greeting = WireWriter()
    greeting.write(raw: WireLimits.magic)
    ClientMessage.hello(Hello(agent: agent)).encode(into: &greeting)
    // The send buffer of a new socket has room for all of it.
    _ = try greeting.bytes.withUnsafeBytes { try transport.send($0) }
  }

  /// Waits until the receiver has replied to the greeting.
  func finishGreeting() throws {
    while try !readGreeting() { try wait(for: .read) }
  }

  /// Reads the receiver's greeting from the buffer. Returns false if it is not complete yet.
  private func readGreeting() throws -> Bool {
    if isGreeted { return true }
    do {
      guard try readMagic(), let frame = try input.nextFrame() else { return false }
      try accept(greeting: ReceiverMessage(frame))
      return true
    } catch let error as WireError {
      throw ConnectionFailure.notReceiver("invalid greeting: \(error)")
    }
  }

  private func readMagic() throws -> Bool {
    if hasMagic { return true }
    guard input.count >= WireLimits.magic.count else { return false }
    hasMagic = input.take(WireLimits.magic.count).elementsEqual(WireLimits.magic)
    if !hasMagic { throw ConnectionFailure.notReceiver("unexpected first bytes") }
    return true
  }

  private func accept(greeting: ReceiverMessage) throws {
    switch greeting {
    case .welcome(let welcome): self.welcome = welcome
    case .refusal(_, let refusal): throw ConnectionFailure.refused(refusal)
    default: throw ConnectionFailure.notReceiver("unexpected message in its greeting")
    }
    greetedAt = bootNanoseconds()
  }

  /// Waits for the receiver for at most `milliseconds`, and receives available bytes. Throws if
  /// there was no progress for longer than the timeout.
  func wait(for interest: PollSet.Interest, milliseconds: Int = 1000) throws {
    var set = TransportWait()
    let slot = set.add(transport, for: interest)
    try set.wait(milliseconds: milliseconds)
    if set.isReadable(slot) { try receive() }
    if .now - lastProgress > timeout {
      throw ConnectionFailure.lost("no data from the receiver for \(timeout.wholeSeconds) seconds")
    }
  }

  /// Restarts the timeout. Sent bytes are progress, too, because the receiver acknowledged them.
  private func noteProgress() { lastProgress = .now }

  /// Receives available bytes into the buffer. Throws at the end of the connection.
  func receive() throws {
    switch try transport.receive(into: input.space()) {
    case .bytes(let count):
      input.filled(count)
      noteProgress()
    case .nothing: break
    case .end: throw ConnectionFailure.lost("closed by the receiver")
    }
  }

  /// Returns the next message after the greeting; nil if none is complete yet.
  func message() throws -> ReceiverMessage? {
    guard try readGreeting() else { return nil }
    return try input.nextFrame().map { try ReceiverMessage($0) }
  }

  /// Waits for the next message.
  func nextMessage() throws -> ReceiverMessage {
    while true {
      if let message = try message() { return message }
      try wait(for: .read)
    }
  }

  /// Sends as many bytes as fit and returns their number. `more` says that more data follows at
  /// once.
  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) throws(SystemFailure) -> Int {
    let sent = try transport.send(bytes, more: more)
    if sent > 0 { noteProgress() }
    return sent
  }

  /// Sends `count` bytes of a file from an offset on, or as many as fit.
  func sendFile(
    _ file: FileDescriptor, at offset: Int64, count: Int
  ) throws(SystemFailure) -> SentFile {
    let sent = try transport.sendFile(file, at: offset, count: count)
    if case .bytes = sent { noteProgress() }
    return sent
  }

  /// Sends a short message, such as a question, and waits until it is sent.
  func send(_ message: ClientMessage) throws {
    var writer = WireWriter()
    message.encode(into: &writer)
    while !writer.isEmpty {
      let sent = try writer.bytes.withUnsafeBytes { try transport.send($0) }
      writer.removeFirst(sent)
      if !writer.isEmpty { try wait(for: .both) }
    }
  }
}
