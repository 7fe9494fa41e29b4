import NIOCore
import NIOEmbedded
import NIOSSL

/// TLS without a socket: ciphertext in, plaintext out, and the reverse.
///
/// The channel runs on this thread, inside of each call. It has no timers: every deadline is that
/// of its owner.
final class TLSChannel {
  /// The largest number of bytes of plaintext that are encrypted at once, so that little ciphertext
  /// waits for the socket.
  static let piece = 64 << 10

  private let channel = EmbeddedChannel()
  private let ends = ChannelEnds()
  private let handler: NIOSSLHandler

  /// The first error of TLS; nil if there is none. The connection cannot be used after it.
  var failure: (any Error)? { ends.failure }
  /// True if the handshake is complete at this side.
  var isEstablished: Bool { ends.isEstablished }
  /// True if the peer has ended its direction by a message of TLS (close_notify, RFC 8446 section
  /// 6.1).
  var hasInputEnded: Bool { ends.hasInputEnded }
  /// The certificate of the peer; nil if it has sent none.
  var peerCertificate: NIOSSLCertificate? { handler.peerCertificate }

  /// Starts TLS. `peer` is the address of the peer. A client sends its first message at once.
  init(_ handler: NIOSSLHandler, peer: NIOCore.SocketAddress) throws {
    self.handler = handler
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(CiphertextEnd(ends), handler, PlaintextEnd(ends))
    try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    channel.connect(to: peer, promise: nil)
    channel.embeddedEventLoop.run()
  }

  /// Decrypts what the socket gave. Plaintext goes into `target` as far as it fits; the rest waits
  /// for `takeInput`. Returns the number of bytes in `target`.
  func feed(_ ciphertext: ByteBuffer, into target: UnsafeMutableRawBufferPointer) -> Int {
    ends.target = target
    ends.filled = 0
    defer { ends.target = UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    channel.pipeline.fireChannelRead(ciphertext)
    channel.pipeline.fireChannelReadComplete()
    // The verification of a peer and a signature complete here.
    channel.embeddedEventLoop.run()
    noteClosing()
    return ends.filled
  }

  /// Tells TLS that the socket has ended. This is an error if the peer did not say so before.
  func feedEnd() {
    guard !hasInputEnded else { return }
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    channel.embeddedEventLoop.run()
  }

  /// The number of decrypted bytes that wait.
  var inputCount: Int { ends.rest.readableBytes }

  /// Moves decrypted bytes that wait into the buffer. Returns their number.
  func takeInput(into buffer: UnsafeMutableRawBufferPointer) -> Int { ends.takeRest(into: buffer) }

  /// Encrypts bytes. The ciphertext is added to `output`.
  func encrypt(_ bytes: UnsafeRawBufferPointer) {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    channel.embeddedEventLoop.run()
    noteClosing()
  }

  /// Adds the message that ends this direction to `output`.
  func endOutput() {
    channel.close(mode: .output, promise: nil)
    channel.embeddedEventLoop.run()
  }

  /// The ciphertext that waits for the socket.
  var output: ByteBuffer {
    get { ends.output }
    set { ends.output = newValue }
  }

  /// A channel that TLS has closed without a message must not look like one that is quiet.
  private func noteClosing() {
    if !channel.isActive, ends.failure == nil, !ends.hasInputEnded { ends.failure = TLSClosed() }
  }
}

/// TLS has closed the connection and gave no reason.
struct TLSClosed: Error, CustomStringConvertible {
  var description: String { "the connection was closed by TLS" }
}
