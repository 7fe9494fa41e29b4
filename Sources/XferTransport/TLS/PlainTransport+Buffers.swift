import NIOCore
import XferSystem

// Receiving and sending with the buffers of NIO.
extension PlainTransport {
  /// Receives into an empty buffer.
  func receive(
    into buffer: inout ByteBuffer, atMost size: Int
  ) throws(TransportFailure) -> Received {
    var result = Result<Received, SystemFailure>.success(.nothing)
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
      let part = UnsafeMutableRawBufferPointer(rebasing: memory.prefix(size))
      result = Result { () throws(SystemFailure) in try descriptor.receive(into: part) }
      if case .success(.bytes(let count)) = result { return count }
      return 0
    }
    return try TransportFailure.catching { () throws(SystemFailure) in try result.get() }
  }

  /// Sends the readable bytes of a buffer, or as many as fit. Returns their number.
  func sendReadable(of buffer: ByteBuffer) throws(TransportFailure) -> Int {
    let result = buffer.withUnsafeReadableBytes { bytes in
      Result { () throws(SystemFailure) in try descriptor.send(bytes) }
    }
    return try TransportFailure.catching { () throws(SystemFailure) in try result.get() }
  }
}
