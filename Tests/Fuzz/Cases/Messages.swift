import XferProtocol
import XferSystem

/// A message that a frame holds, and that can be written again.
protocol FramedMessage: Equatable {
  init(_ frame: Frame) throws(WireError)
  func encode(into writer: inout WireWriter)
}

extension ClientMessage: FramedMessage {}
extension ReceiverMessage: FramedMessage {}
extension AnswersRequest: FramedMessage {}

extension FramedMessage {
  var encoded: [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.bytes
  }
}

/// A message from its type, the first byte, and its payload. The frame has the right checksum,
/// which a fuzzer would not guess.
enum Messages {
  static func check<Message: FramedMessage>(_ bytes: [UInt8], as: Message.Type) throws {
    guard let type = bytes.first else { return }
    let payload = bytes.dropFirst().prefix(WireLimits.payload)
    guard let message: Message = try parse(frame(type, Array(payload))) else { return }
    let again: Message? = try parse(message.encoded)
    try expect(again == message, "\(message) is \(String(describing: again)) when sent again")
    if let client = message as? ClientMessage { try checkParts(of: client) }
  }

  /// Returns nil if the frame is not such a message.
  static func parse<Message: FramedMessage>(_ frame: [UInt8]) throws -> Message? {
    let buffer = FrameBuffer(capacity: 64 * 1024)
    fill(buffer, frame[...])
    do {
      guard let frame = try buffer.nextFrame() else { return nil }
      return try withExtendedLifetime(buffer) { try Message(frame) }
    } catch is WireError { return nil }
  }

  static func fill(_ buffer: FrameBuffer, _ bytes: ArraySlice<UInt8>) {
    buffer.space().copyBytes(from: bytes)
    buffer.filled(bytes.count)
  }

  static func frame(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let length = UInt32(payload.count)
    let start = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [type]
    let crc = (start + payload).withUnsafeBytes { crc32c($0) }
    return start + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) } + payload
  }

  private static func checkParts(of message: ClientMessage) throws {
    switch message {
    case .hello(let hello):
      guard let join = hello.join else { return }
      let again = Hello(version: hello.version, agent: hello.agent, join: join).join
      try expect(again?.invite == join.invite && again?.nonce == join.nonce, "another invite")
    case .offer(let offer): try Names.check(offer.name)
    default: break
    }
  }
}

/// A stream of frames that arrives in two parts. The first byte says where it is cut.
enum Frames {
  static func check(_ bytes: [UInt8]) throws {
    let stream = bytes.dropFirst().prefix(16 * 1024)
    let cut = stream.startIndex + min(Int(bytes.first ?? 0), stream.count)
    let buffer = FrameBuffer(capacity: 64 * 1024)
    for part in [stream[..<cut], stream[cut...]] {
      Messages.fill(buffer, part)
      do {
        while let frame = try buffer.nextFrame() {
          _ = try? ClientMessage(frame)
          _ = try? ReceiverMessage(frame)
        }
      } catch { return }
    }
  }
}

/// A message of an enrolment: its type, the first byte, and its payload.
enum Joining {
  static func check(_ bytes: [UInt8]) throws {
    guard let type = bytes.first else { return }
    let frame = Messages.frame(type, Array(bytes.dropFirst().prefix(WireLimits.payload)))
    guard let message = parse(frame) else { return }
    var writer = WireWriter()
    message.encode(into: &writer)
    try expect(parse(writer.bytes) == message, "\(message) is another one when sent again")
  }

  private static func parse(_ frame: [UInt8]) -> JoinMessage? {
    let buffer = FrameBuffer(capacity: 64 * 1024)
    Messages.fill(buffer, frame[...])
    guard let frame = (try? buffer.nextFrame()) ?? nil else { return nil }
    return withExtendedLifetime(buffer) { (try? JoinMessage(frame)) ?? nil }
  }
}
