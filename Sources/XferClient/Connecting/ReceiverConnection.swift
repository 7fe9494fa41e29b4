import SystemPackage
import XferProtocol
import XferSystem
import XferTransport

/// A connection to a receiver. The initializer sends the greeting and does not wait for the reply,
/// because that would cost a round trip: until the reply arrives, the limits of version 1 apply.
/// It does not block; the owner waits with `wait`.
final class ReceiverConnection {
  let transport: Transport
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

  /// Connects and sends the greeting. `agent` is the name of this program for the receiver's log,
  /// and `join` the wish to be enrolled.
  init(
    _ address: ReceiverAddress, agent: String, join: JoinRequest? = nil,
    set: SetReference? = nil
  ) throws(ConnectionFailure) {
    timeout = address.timeout
    transport = try ReceiverConnector(address).connect()
    do {
      try sendGreeting(Hello(agent: agent, join: join, set: set))
    } catch {
      transport.close()
      throw ConnectionFailure(error)
    }
  }

  deinit { transport.close() }

  private func sendGreeting(_ hello: Hello) throws {
    var greeting = WireWriter()
    greeting.write(raw: WireLimits.magic)
    ClientMessage.hello(hello).encode(into: &greeting)
    try send(greeting)
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

  /// Waits for the receiver for at most `milliseconds`, or until `other` is readable, and receives
  /// available bytes. Throws if there was no progress for longer than the timeout.
  func wait(
    for interest: PollSet.Interest, milliseconds: Int = 1000, or other: FileDescriptor? = nil
  ) throws {
    var set = TransportWait()
    let slot = set.add(transport, for: interest)
    if let other { set.add(other) }
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

  /// Receives what has arrived before sending failed. Throws the error by which TLS refuses this
  /// side, because it says more than the failure to send.
  func receiveRefusal() throws {
    do {
      try receive()
    } catch TransportFailure.tls(let why) {
      throw TransportFailure.tls(why)
    } catch {}
  }

  /// Returns the next message after the greeting; nil if none is complete yet.
  func message() throws -> ReceiverMessage? {
    guard try readGreeting() else { return nil }
    return try input.nextFrame().map { try ReceiverMessage($0) }
  }

  /// Returns the next message of an enrolment, which comes instead of a greeting. Throws the
  /// refusal of the receiver.
  func nextJoinMessage() throws -> JoinMessage {
    while true {
      if try readMagic(), let frame = try input.nextFrame() {
        if let message = try JoinMessage(frame) { return message }
        if case .refusal(_, let refusal) = try ReceiverMessage(frame) {
          throw ConnectionFailure.refused(refusal)
        }
        throw ConnectionFailure.notReceiver("unexpected answer to a request to join")
      }
      try wait(for: .read)
    }
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
  func send(_ bytes: UnsafeRawBufferPointer, more: Bool) throws(TransportFailure) -> Int {
    let sent = try transport.send(bytes, more: more)
    if sent > 0 { noteProgress() }
    return sent
  }

  /// Sends `count` bytes of a file from an offset on, or as many as fit.
  func sendFile(
    _ file: FileDescriptor, at offset: Int64, count: Int
  ) throws(TransportFailure) -> SentFile {
    let sent = try transport.sendFile(file, at: offset, count: count)
    if case .bytes = sent { noteProgress() }
    return sent
  }

  /// Sends a short message, such as a question, and waits until it is sent.
  func send(_ message: ClientMessage) throws {
    var writer = WireWriter()
    message.encode(into: &writer)
    try send(writer)
  }

  /// Sends a message of an enrolment, and waits until it is sent.
  func send(_ message: JoinMessage) throws {
    var writer = WireWriter()
    message.encode(into: &writer)
    try send(writer)
  }

  private func send(_ writer: WireWriter) throws {
    var writer = writer
    while !writer.isEmpty {
      let sent = try writer.bytes.withUnsafeBytes { try transport.send($0) }
      writer.removeFirst(sent)
      if !writer.isEmpty { try wait(for: .both) }
    }
  }
}
