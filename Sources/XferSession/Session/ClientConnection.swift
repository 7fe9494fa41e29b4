import XferMetrics
import XferProtocol
import XferSystem
import XferTransport

/// The connection of one client, with its time limits for both directions.
final class ClientConnection {
  /// The timeout of the transport. A blocked receive or send returns after it, so that stop signals
  /// are checked.
  private static let slice = Duration.seconds(1)
  /// The time for which input is drained after the last message.
  private static let lingering = Duration.seconds(2)
  /// The number of bytes that are drained. The buffers of both sides hold less by default (tcp(7)),
  /// so that a peer that reads has seen the last message then.
  private static let drained = 16 << 20

  private(set) var transport: Transport
  let input = FrameBuffer(capacity: 512 * 1024)
  private var output = WireWriter()
  private let stallTimeout: Duration
  private let headerTimeout: Duration
  private let begun = MonotonicTime.now
  private let ending: StopSignal
  private let slot: SessionSlot
  /// The rate of the content that the peer sends.
  private var rate: MinimumRate
  /// The rate at which the peer takes answers.
  private var takingRate: MinimumRate
  /// The time when the peer last sent or took bytes.
  private var lastProgress = MonotonicTime.now
  /// The rates that the content counts against.
  private var throttle: Throttle

  init(
    _ transport: Transport, options: SessionOptions, slot: SessionSlot, ending: StopSignal,
    throttle: Throttle
  ) throws {
    self.transport = transport
    self.throttle = throttle
    self.stallTimeout = options.stallTimeout
    self.headerTimeout = options.headerTimeout
    self.slot = slot
    self.rate = MinimumRate(options, activity: "the content came")
    takingRate = MinimumRate(options, activity: "the answers were taken")
    slot.noteActivity(at: lastProgress.nanoseconds)
    self.ending = ending
    try transport.prepareBlocking(timeout: ClientConnection.slice)
  }

  /// The time since the peer last sent or took bytes, in whole seconds.
  var silence: Duration { .seconds(lastProgress.elapsed.wholeSeconds) }

  private func noteProgress() {
    lastProgress = .now
    slot.noteActivity(at: lastProgress.nanoseconds)
  }

  /// Adds time that was spent waiting for content. Throws if the rate is below the minimum.
  func noteWaiting(_ time: Duration) throws { try rate.waited(time) }

  /// Encrypts the connection by TLS, which the peer has begun. Returns when the handshake is
  /// complete. Throws if it fails, or if the header timeout, which counts from the start of the
  /// connection, is over.
  func encrypt(by server: TLSServer, peer: SocketAddress) throws -> TLSTransport {
    guard case .plain(let plain) = transport else {
      throw PeerFailure(.malformed, "TLS within TLS")
    }
    do {
      let received = Array(input.take(input.count))
      let tls = try server.begin(with: plain, peer: peer, received: received)
      transport = .tls(tls)
      while !tls.isEstablished {
        guard try fillHeader() else {
          throw PeerFailure(.handshake, "the connection ended in the TLS handshake")
        }
      }
      return tls
    } catch let failure as PeerFailure {
      guard failure.reason == .cut || failure.reason == .timeout else { throw failure }
      throw PeerFailure(.handshake, "the TLS handshake failed: \(failure)")
    } catch {
      throw PeerFailure(.handshake, "the TLS handshake failed: \(error)")
    }
  }

  /// Bounds the bytes a second of all sessions with this key, besides the other rates.
  func limit(key: String, bytesPerSecond: UInt64) { throttle.add(key, bytesPerSecond) }

  /// Counts what the client has sent, and sends from here on, against the rates, and waits while
  /// one is exceeded. A session calls it when the client has identified itself.
  func beginCounting() throws {
    throttle.begin()
    guard pause() != nil else { return }
    try flush()
    try waitForRate { true }
  }

  /// Frees the connection from all rates.
  func liftRates() { throttle.end() }

  /// The time for which the session must not receive, because a rate is exceeded; nil if it may.
  /// The silence of the peer meanwhile does not count against it.
  func pause() -> Duration? {
    let pause = throttle.pause
    if pause != nil { noteProgress() }
    return pause
  }

  /// Waits while a rate is exceeded. `meanwhile` is called in between.
  private func waitForRate(_ meanwhile: () throws -> Bool) throws {
    while let left = pause() {
      var wait = PollSet()
      _ = wait.add(ending.signals.descriptor, .read)
      try wait.wait(milliseconds: min(left, ClientConnection.slice).milliseconds)
      try ending.check()
      _ = try meanwhile()
    }
  }

  /// Waits for the first byte, which stays in the input. Returns nil if the peer disconnects
  /// before.
  func firstByte() throws -> UInt8? {
    while input.isEmpty {
      guard try fillHeader() else { return nil }
    }
    return input.content.first
  }

  /// Waits for more of the greeting or of a classic header. Returns false if the peer has closed
  /// its side. Throws if the header timeout, which counts from the start of the connection, is
  /// over.
  func fillHeader() throws -> Bool {
    let left = (begun + headerTimeout).remaining
    guard left > .zero else {
      throw PeerFailure(
        .timeout, "no whole greeting came in \(headerTimeout.wholeSeconds) seconds")
    }
    return try fill(milliseconds: left.milliseconds)
  }

  /// Waits for input. Returns false if the peer has closed its side.
  private func fill(milliseconds: Int) throws -> Bool {
    var wait = TransportWait()
    let peer = wait.add(transport)
    wait.add(ending.signals.descriptor)
    try wait.wait(milliseconds: milliseconds)
    try ending.check()
    return wait.isReadable(peer) ? try readAvailable() : true
  }

  /// Reads available input, at most `limit` bytes. Returns false if the peer has closed its side.
  func readAvailable(atMost limit: Int = .max) throws -> Bool {
    let space = input.space()
    let part = UnsafeMutableRawBufferPointer(rebasing: space.prefix(min(limit, throttle.piece)))
    switch try receive(into: part, whole: false) {
    case .bytes(let count): input.filled(count)
    case .nothing: break
    case .end: return false
    }
    return true
  }

  /// Fills the whole buffer with content, first from the input and then from the socket.
  /// `meanwhile` is called between two receives and returns true if the next one may block for the
  /// whole rest. Throws if the peer disconnects or stalls, or if the session must end.
  func readContent(into buffer: UnsafeMutableRawBufferPointer, meanwhile: () throws -> Bool) throws
  {
    let here = min(input.count, buffer.count)
    buffer.copyMemory(from: input.take(here))
    var done = here
    while done < buffer.count {
      try waitForRate(meanwhile)
      let rest = UnsafeMutableRawBufferPointer(
        rebasing: buffer[done...].prefix(throttle.piece))
      // A blocking receive fills the whole buffer with one system call.
      let mayBlock = try meanwhile()
      let start = MonotonicTime.now
      let received = try receive(into: rest, whole: mayBlock)
      try noteWaiting(start.elapsed)
      try ending.check()
      switch received {
      case .bytes(let count): done += count
      case .nothing: try checkPatience()
      case .end: throw PeerFailure(.cut, "the connection was lost")
      }
    }
  }

  private func receive(into buffer: UnsafeMutableRawBufferPointer, whole: Bool) throws -> Received {
    do {
      let received = try transport.receive(into: buffer, whole: whole)
      if case .bytes(let count) = received {
        noteProgress()
        rate.moved(count)
        throttle.charge(count)
      }
      return received
    } catch {
      throw PeerFailure(.cut, "the connection was lost: \(error)")
    }
  }

  private func checkPatience() throws {
    try ending.check()
    if silence >= stallTimeout {
      throw PeerFailure(.timeout, "nothing came for \(stallTimeout.wholeSeconds) seconds")
    }
  }

  /// Queues a message; `flush` sends it.
  func say(_ message: ReceiverMessage) { message.encode(into: &output) }

  /// Queues a message of an enrolment; `flush` sends it.
  func say(_ message: JoinMessage) { message.encode(into: &output) }
  /// Queues a frame of an answer unchanged; `flush` sends it.
  func say(_ frame: AnswerFrame) { frame.encode(into: &output) }

  /// Queues bytes without a frame; `flush` sends them.
  func say(raw bytes: [UInt8]) { output.write(raw: bytes) }

  /// The number of queued bytes.
  var unsent: Int { output.bytes.count }

  /// Sends all queued bytes. Throws if the peer does not take them in time.
  func flush() throws {
    guard !output.isEmpty else { return }
    var sent = 0
    // After a failure, a later flush goes on behind what was sent.
    defer { if sent == output.bytes.count { output.clear() } else { output.removeFirst(sent) } }
    while sent < output.bytes.count {
      let count = try output.bytes.withUnsafeBytes { bytes in
        try sendMeasured(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
      }
      if count > 0 { noteProgress() } else { try checkPatience() }
      sent += count
    }
  }

  private func sendMeasured(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    let start = MonotonicTime.now
    let count = try send(bytes)
    takingRate.moved(count)
    if count < bytes.count { try takingRate.waited(start.elapsed) }
    return count
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    do {
      return try transport.send(bytes)
    } catch {
      throw PeerFailure(.cut, "the connection was lost: \(error)")
    }
  }

  /// Sends the queued bytes, shuts down sending and drains the input for two seconds at most.
  /// Closing a socket with unread input would reset the connection before the peer has read the
  /// last message. What is drained counts against no rate, because a stranger may send it.
  func linger() {
    throttle.end()
    try? flush()
    transport.shutdownSending()
    let end = MonotonicTime.now + ClientConnection.lingering
    var left = ClientConnection.drained
    while .now < end, left > 0, (try? fill(milliseconds: 100)) == true {
      left -= input.count
      _ = input.take(input.count)
    }
  }
}
