import SystemPackage
import XferHistory
import XferMetrics
import XferProtocol
import XferSystem

/// The socket of one client: bytes in, bytes out, and the patience with both.
final class ClientConnection {
  /// Receives and sends that block come back this often, to look whether the session shall end.
  private static let slice = 1000

  let descriptor: FileDescriptor
  let input = FrameBuffer(capacity: 512 * 1024)
  private var output = WireWriter()
  private let stallTimeout: Int
  private let headerTimeout: Int
  private let begun = monotonicNanoseconds()
  private let ending: Ending
  private let slot: SessionSlot
  /// Looked after while content is to come, and while answers are to be taken.
  private var rate: MinimumRate
  private var takingRate: MinimumRate
  /// When the peer was last heard or took something.
  private var lastProgress = monotonicNanoseconds()

  init(
    _ descriptor: FileDescriptor, _ options: SessionOptions, _ slot: SessionSlot, _ ending: Ending
  ) throws {
    self.descriptor = descriptor
    self.stallTimeout = options.stallTimeout
    self.headerTimeout = options.headerTimeout
    self.slot = slot
    self.rate = MinimumRate(options, "the content came")
    takingRate = MinimumRate(options, "the answers were taken")
    slot.heard(at: lastProgress)
    self.ending = ending
    try descriptor.setTimeouts(milliseconds: ClientConnection.slice)
    try descriptor.sendWithoutDelay()
    try descriptor.keepAlive()
  }

  /// Whole seconds since the peer was last heard or took something.
  var silence: Int { Int((monotonicNanoseconds() - lastProgress) / 1_000_000_000) }

  /// How the peer stands to what it has asked. One that has only said all may be still there, and may have left: a
  /// socket that was closed looks the same, until something is sent to it.
  var asker: Asker {
    var set = PollSet()
    let slot = set.add(descriptor, .end)
    guard (try? set.wait(milliseconds: 0)) != nil, set.isReady(slot) else { return .there }
    return set.isBroken(slot) ? .gone : .silent
  }

  private func noteProgress() {
    lastProgress = monotonicNanoseconds()
    slot.heard(at: lastProgress)
  }

  /// Content is to come, and this many nanoseconds were spent waiting for it.
  func noteWaiting(_ nanoseconds: Int64) throws { try rate.waited(nanoseconds) }

  /// The first byte, which stays in the input; nil where the peer leaves without one.
  func firstByte() throws -> UInt8? {
    while input.isEmpty {
      guard try fillHeader() else { return nil }
    }
    return input.content.first
  }

  /// Waits for more of the greeting or of a classic header, which has to be there in all within
  /// its time, however it trickles in; false where the peer has ended.
  func fillHeader() throws -> Bool {
    let left = begun + Int64(headerTimeout) * 1_000_000_000 - monotonicNanoseconds()
    guard left > 0 else {
      throw PeerFailure(.timeout, "no whole greeting came in \(headerTimeout) seconds")
    }
    return try fill(milliseconds: Int(left / 1_000_000) + 1)
  }

  /// Waits for input; false where the peer has ended.
  private func fill(milliseconds: Int) throws -> Bool {
    var set = PollSet()
    _ = set.add(descriptor, .read)
    _ = set.add(ending.signals.descriptor, .read)
    try set.wait(milliseconds: milliseconds)
    try ending.check()
    return set.isReadable(0) ? try readAvailable() : true
  }

  /// Reads what is there, at most `limit` bytes; false where the peer has ended.
  func readAvailable(atMost limit: Int = .max) throws -> Bool {
    let space = input.space()
    let part = UnsafeMutableRawBufferPointer(rebasing: space.prefix(limit))
    switch try receive(into: part, whole: false) {
    case .bytes(let count): input.filled(count)
    case .nothing: break
    case .end: return false
    }
    return true
  }

  /// Fills the whole buffer with content, from what is in and what comes; `meanwhile` is called
  /// between two receives. Throws where the peer ends, stalls, or the session must leave.
  func readContent(into buffer: UnsafeMutableRawBufferPointer, meanwhile: () throws -> Bool) throws
  {
    let here = min(input.count, buffer.count)
    buffer.copyMemory(from: input.take(here))
    var done = here
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      // Blocks for all of it where nobody else waits: one system call for a whole buffer.
      let mayBlock = try meanwhile()
      let start = monotonicNanoseconds()
      let received = try receive(into: rest, whole: mayBlock)
      try noteWaiting(monotonicNanoseconds() - start)
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
      let received = try descriptor.receive(into: buffer, whole: whole)
      if case .bytes(let count) = received {
        noteProgress()
        rate.moved(count)
      }
      return received
    } catch {
      throw PeerFailure(.cut, "the connection was lost: \(error.errno.description.lowercased())")
    }
  }

  private func checkPatience() throws {
    try ending.check()
    if silence >= stallTimeout {
      throw PeerFailure(.timeout, "nothing came for \(stallTimeout) seconds")
    }
  }

  func say(_ message: ReceiverMessage) { message.encode(into: &output) }

  func say(raw bytes: [UInt8]) { output.write(raw: bytes) }

  /// How much waits to be sent.
  var unsent: Int { output.bytes.count }

  /// Sends all that was said.
  func flush() throws {
    guard !output.isEmpty else { return }
    var sent = 0
    while sent < output.bytes.count {
      let count = try output.bytes.withUnsafeBytes { bytes in
        try sendMeasured(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
      }
      if count > 0 { noteProgress() } else { try checkPatience() }
      sent += count
    }
    output.clear()
  }

  private func sendMeasured(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    let start = monotonicNanoseconds()
    let count = try send(bytes)
    takingRate.moved(count)
    if count < bytes.count { try takingRate.waited(monotonicNanoseconds() - start) }
    return count
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    do {
      return try descriptor.send(bytes)
    } catch {
      throw PeerFailure(.cut, "the connection was lost: \(error.errno.description.lowercased())")
    }
  }

  /// Ends the conversation so that the peer can read the last word: a socket that is closed with
  /// unread input would tear the connection down under it.
  func linger() {
    try? flush()
    descriptor.shutdownSending()
    let end = monotonicNanoseconds() + 2_000_000_000
    while monotonicNanoseconds() < end, (try? fill(milliseconds: 100)) == true {
      _ = input.take(input.count)
    }
  }
}
