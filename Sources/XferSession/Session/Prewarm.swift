import Logging
import XferLog
import XferProtocol
import XferStorage
import XferSystem
import XferTransport

/// Runs the code of a session once in the supervisor, before its first fork.
///
/// The first run of code fills tables, detects the processor's features and lets the runtime look
/// up types. That takes a millisecond, and sessions inherit the result. Prewarming creates values
/// only: no file, no socket, no thread, nothing of SQLite.
package enum Prewarm {
  /// Encodes and decodes one message of each kind that a small file needs, and performs one TLS
  /// handshake.
  package static func perform() throws {
    let receipt = try self.receipt()
    try recorderMessages(receipt)
    try nativeMessages(receipt)
    _ = try ClassicHeader.parse(
      Array("name".utf8) + [UInt8](repeating: 0, count: ClassicHeader.size - 4))
    var log = Logger(label: "prewarm")
    log[metadataKey: "client"] = "::1"
    ProcessLog.prewarm(receipt.details(resumedAt: 0))
    try TLSWarmup.perform()
  }

  private static func receipt() throws -> Receipt {
    let name = try FileName("a/name")
    _ = name.components.map(String.init)
    let id = TransferID.incoming(.random(), from: Client(address: "::1"), as: name, size: 1)
    let digest = Digest(bytes: [UInt8](repeating: 1, count: Digest.size))
    return Receipt(
      id: id, name: name, size: 123_456, digest: digest,
      startedAt: Timestamp(microseconds: 0), publishedAt: Timestamp(microseconds: 1_234_567),
      durability: .durable, standing: .new)
  }

  /// The request to the recorder and its reply.
  private static func recorderMessages(_ receipt: Receipt) throws {
    let transfer = SealedTransfer(
      id: receipt.id, name: receipt.name, size: receipt.size, client: Client(address: "::1"),
      wire: .classic,
      startedAt: receipt.startedAt, digest: receipt.digest, isSynced: false,
      file: FileIdentity(inode: 1, born: 1))
    let request = RecorderRequest.publish(ticket: 1, transfer)
    var unanswered = [UInt64(1): request]
    var replies: [RecorderReply] = []
    try pass({ request.encode(into: &$0) }) { _ in }
    try pass({ RecorderReply.receipt(ticket: 1, receipt).encode(into: &$0) }) {
      let reply = try RecorderReply($0)
      if unanswered.removeValue(forKey: reply.ticket) != nil { replies.append(reply) }
    }
  }

  /// The offer of a client and its receipt.
  private static func nativeMessages(_ receipt: Receipt) throws {
    let offer = Offer(tag: 1, id: receipt.id, size: 1, name: receipt.name, isEager: true)
    var order = ProtocolOrder()
    try order.receive(magic: WireLimits.magic)
    _ = try order.receive(.hello(Hello(agent: "prewarm")))
    let transfer = Transfer(
      offer, name: receipt.name, properties: try offer.properties(), client: Client(address: "::1"))
    var (transfers, tickets) = ([transfer.tag: transfer], [UInt64(1): transfer])
    (transfers[transfer.tag], tickets[1]) = (nil, nil)
    try pass({ ClientMessage.offer(offer).encode(into: &$0) }) {
      _ = try order.receive(try ClientMessage($0))
    }
    try pass({ ReceiverMessage.receipt(tag: 1, receipt).encode(into: &$0) }) { _ in }
  }

  /// Encodes a message into a buffer and decodes it from there.
  private static func pass(
    _ encode: (inout WireWriter) -> Void, _ decode: (Frame) throws -> Void
  ) throws {
    let buffer = FrameBuffer(capacity: WireLimits.payload + WireLimits.frameHeader)
    var writer = WireWriter()
    encode(&writer)
    buffer.space().copyBytes(from: writer.bytes)
    buffer.filled(writer.bytes.count)
    if let frame = try buffer.nextFrame() { try decode(frame) }
  }
}
