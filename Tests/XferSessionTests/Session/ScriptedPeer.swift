import SystemPackage
import Testing
import XferProtocol
import XferSystem

/// An end of a connection that a test plays: the client of a session, or its recorder.
final class ScriptedPeer {
  /// The time after which a missing answer fails the test, in milliseconds.
  private static let patience = 60_000

  private let descriptor: FileDescriptor
  private let input = FrameBuffer(capacity: 64 * 1024)

  /// Takes over a connected socket.
  init(_ descriptor: FileDescriptor) throws {
    self.descriptor = descriptor
    try descriptor.setTimeouts(milliseconds: ScriptedPeer.patience)
  }

  deinit { try? descriptor.close() }

  func send(raw bytes: [UInt8]) throws {
    let sent = try bytes.withUnsafeBytes { try descriptor.send($0) }
    #expect(sent == bytes.count)
  }

  func send(_ encode: (inout WireWriter) -> Void) throws {
    var writer = WireWriter()
    encode(&writer)
    try send(raw: writer.bytes)
  }

  func send(_ message: ClientMessage) throws { try send { message.encode(into: &$0) } }

  func send(_ reply: RecorderReply) throws { try send { reply.encode(into: &$0) } }

  /// Closes the sending side.
  func finish() { descriptor.shutdownSending() }

  /// Receives this number of bytes.
  func bytes(_ count: Int) throws -> [UInt8] {
    while input.count < count { try receive() }
    return Array(input.take(count))
  }

  /// Receives the next message of the session.
  func message() throws -> ReceiverMessage { try next { try ReceiverMessage($0) } }

  /// Receives the next request of the session to its recorder.
  func request() throws -> RecorderRequest { try next { try RecorderRequest($0) } }

  /// True if the session sends nothing more.
  func isAtEnd() throws -> Bool {
    guard input.isEmpty else { return false }
    return try descriptor.receive(into: input.space()) == .end
  }

  private func next<Message>(_ decode: (Frame) throws -> Message) throws -> Message {
    while true {
      if let frame = try input.nextFrame() { return try decode(frame) }
      try receive()
    }
  }

  private func receive() throws {
    guard case .bytes(let count) = try descriptor.receive(into: input.space()) else {
      throw SystemFailure("receive from the session", .noData)
    }
    input.filled(count)
  }
}
