import XferSystem

@testable import XferProtocol

/// The requirements that all lists of messages share.
protocol WireMessage: Equatable, Sendable {
  init(_ frame: Frame) throws(WireError)
  func encode(into writer: inout WireWriter)
}

extension ClientMessage: WireMessage {}
extension ReceiverMessage: WireMessage {}
extension RecorderRequest: WireMessage {}
extension RecorderReply: WireMessage {}
extension KeyRequest: WireMessage {}
extension KeyReply: WireMessage {}

/// A message of an enrolment. Another one is an error here, and nil in the programs.
struct AnyJoinMessage: WireMessage {
  let message: JoinMessage

  init(_ message: JoinMessage) { self.message = message }

  init(_ frame: Frame) throws(WireError) {
    guard let message = try JoinMessage(frame) else { throw WireError("another message") }
    self.message = message
  }

  func encode(into writer: inout WireWriter) { message.encode(into: &writer) }
}

extension WireMessage {
  var encoded: [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.bytes
  }

  /// Decodes exactly one frame.
  init(decoding bytes: [UInt8]) throws {
    let buffer = FrameBuffer(capacity: 64 * 1024)
    buffer.put(bytes)
    guard let frame = try buffer.nextFrame(), buffer.isEmpty else { throw UnexpectedMessage() }
    self = try withExtendedLifetime(buffer) { try Self(frame) }
  }
}

struct UnexpectedMessage: Error {}

extension FrameBuffer {
  /// Appends bytes, as a read from a socket does.
  func put(_ bytes: some Collection<UInt8>) {
    space().copyBytes(from: bytes)
    filled(bytes.count)
  }
}

/// Returns the bytes of a frame with the type and payload.
func frame(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
  let start = bigEndian(UInt32(payload.count)) + [type]
  return start + bigEndian((start + payload).withUnsafeBytes { crc32c($0) }) + payload
}

func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// A generator that returns the same numbers in every run (SplitMix64, as in java.util).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
