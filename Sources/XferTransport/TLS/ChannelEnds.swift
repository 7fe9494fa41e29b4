import NIOCore
import NIOSSL
import NIOTLS

/// The state that both ends of the pipeline share with `TLSChannel`.
final class ChannelEnds {
  var failure: (any Error)?
  var isEstablished = false
  var hasInputEnded = false
  /// Ciphertext for the socket.
  var output = ByteBuffer()
  /// Plaintext that did not fit into the target.
  var rest = ByteBuffer()
  /// The memory of the reader, in which `filled` bytes are valid.
  var target = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  var filled = 0

  func add(plaintext: ByteBuffer) {
    let count = min(plaintext.readableBytes, target.count - filled)
    plaintext.withUnsafeReadableBytes { bytes in
      if count > 0 {
        UnsafeMutableRawBufferPointer(rebasing: target[filled...]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
      }
      rest.writeBytes(bytes.dropFirst(count))
    }
    filled += count
  }

  func takeRest(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(rest.readableBytes, buffer.count)
    rest.readWithUnsafeReadableBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
      return count
    }
    if rest.readableBytes == 0 { rest.clear() }
    return count
  }
}

/// The end of the pipeline at the socket. It keeps ciphertext for the socket.
final class CiphertextEnd: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  private let ends: ChannelEnds

  init(_ ends: ChannelEnds) { self.ends = ends }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var bytes = unwrapOutboundIn(data)
    if ends.output.readableBytes == 0 {
      ends.output = bytes
    } else {
      ends.output.writeBuffer(&bytes)
    }
    promise?.succeed()
  }

  func flush(context: ChannelHandlerContext) {}

  /// The end of one direction must not close the channel.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
  }
}

/// The end of the pipeline at the conversation. It keeps plaintext, events and errors.
final class PlaintextEnd: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let ends: ChannelEnds

  init(_ ends: ChannelEnds) { self.ends = ends }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    ends.add(plaintext: unwrapInboundIn(data))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted: ends.isEstablished = true
    case ChannelEvent.inputClosed, TLSUserEvent.shutdownCompleted:
      if ends.failure == nil { ends.hasInputEnded = true }
    default: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if ends.failure == nil { ends.failure = error }
  }
}
