import Glibc
import SystemPackage
import XferProtocol
import XferSystem

@testable import XferRecorder

/// The session's end of a channel, and the recorder's end of the same socket pair.
final class SessionEnd {
  let channel: SessionChannel
  private let descriptor: FileDescriptor
  private let input = FrameBuffer(capacity: 64 * 1024)

  init() throws {
    var pair: [Int32] = [-1, -1]
    try retrying("make a socket pair") {
      socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
    }
    channel = SessionChannel(FileDescriptor(rawValue: pair[0]))
    descriptor = FileDescriptor(rawValue: pair[1])
    try descriptor.setNonBlocking(true)
  }

  deinit {
    try? channel.descriptor.close()
    try? descriptor.close()
  }

  /// Sends requests and returns them as the recorder receives them.
  func send(_ requests: RecorderRequest...) throws -> [SessionRequest] { try send(requests) }

  /// The same for any number of requests.
  func send(_ requests: [RecorderRequest]) throws -> [SessionRequest] {
    var output = WireWriter()
    for request in requests { request.encode(into: &output) }
    _ = try output.bytes.withUnsafeBytes { try descriptor.send($0) }
    return channel.receive().map { (channel, $0) }
  }

  /// The replies that the recorder has made since the last call.
  func replies() throws -> [RecorderReply] {
    channel.send()
    var replies: [RecorderReply] = []
    while case .bytes(let count) = try descriptor.receive(into: input.space()) {
      input.filled(count)
      while let frame = try input.nextFrame() { replies.append(try RecorderReply(frame)) }
    }
    return replies
  }

  /// The ticket of a request in this session.
  func ticket(_ number: UInt64) -> Ticket { Ticket(session: channel, number: number) }
}

extension RecorderReply {
  /// The ticket of the request that this answers.
  var ticket: UInt64 {
    switch self {
    case .receipt(let ticket, _), .refusal(let ticket, _), .done(let ticket),
      .enrolled(let ticket, _), .completed(let ticket, _):
      ticket
    }
  }

  /// The receipt; nil for another reply.
  var receipt: Receipt? { if case .receipt(_, let receipt) = self { receipt } else { nil } }

  /// The reason of the refusal; nil for another reply.
  var reason: Reason? { if case .refusal(_, let refusal) = self { refusal.reason } else { nil } }
}
