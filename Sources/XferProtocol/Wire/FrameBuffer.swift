import XferSystem

/// Buffers received bytes and splits them into frames. It does no I/O: the owner of the socket
/// fills it.
package final class FrameBuffer {
  private let memory: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0

  /// `capacity`, in bytes, must be enough for one whole frame.
  package init(capacity: Int) {
    precondition(capacity >= WireLimits.payload + WireLimits.frameHeader)
    memory = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// The number of bytes that are not consumed yet.
  package var count: Int { end - start }
  /// True if all bytes are consumed.
  package var isEmpty: Bool { start == end }

  /// Returns the free space. The caller writes received bytes there and then calls `filled`.
  package func space() -> UnsafeMutableRawBufferPointer {
    if start > 0, isEmpty || memory.count - end < memory.count / 2 { compact() }
    return UnsafeMutableRawBufferPointer(rebasing: memory[end...])
  }

  /// Adds `count` bytes, which were written to `space`, to the content.
  package func filled(_ count: Int) { end += count }

  /// Releases the pages of an empty buffer; the kernel provides new ones on the next write.
  package func releaseMemory() {
    guard isEmpty else { return }
    (start, end) = (0, 0)
    releasePages(of: memory)
  }

  /// The bytes that are not consumed yet.
  package var content: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[start..<end])
  }

  /// Consumes the next `count` bytes, which must be there. They stay valid until `space` is called.
  package func take(_ count: Int) -> UnsafeRawBufferPointer {
    defer { start += count }
    return UnsafeRawBufferPointer(rebasing: memory[start..<start + count])
  }

  /// Consumes the next frame; returns nil if it is not complete yet. Throws if the frame is too
  /// long or its checksum does not match.
  package func nextFrame() throws(WireError) -> Frame? {
    guard count >= MemoryLayout<UInt32>.size else { return nil }
    let length = Int(UInt32(bigEndian: content.loadUnaligned(as: UInt32.self)))
    guard length <= WireLimits.payload else {
      throw WireError(
        "message of \(length) bytes exceeds the limit of \(WireLimits.payload)", isDamage: true)
    }
    guard count >= WireLimits.frameHeader + length else { return nil }
    let header = take(WireLimits.frameHeader)
    let payload = take(length)
    let announced = UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
    guard frameChecksum(header, payload: payload) == announced else {
      throw WireError("checksum mismatch in a message", isDamage: true)
    }
    return Frame(type: header[4], payload: payload)
  }

  private func compact() {
    memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<end]))
    end -= start
    start = 0
  }
}

/// Returns the CRC-32C of a frame's length, type and payload. It detects a bit that flips on the
/// way, which could otherwise turn a name into another name.
func frameChecksum(
  _ header: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer
) -> UInt32 {
  crc32c(payload, continuing: crc32c(UnsafeRawBufferPointer(rebasing: header[..<5])))
}

/// One control frame. Its payload is valid until its buffer is filled again.
package struct Frame {
  /// The number of the message.
  package let type: UInt8
  let payload: UnsafeRawBufferPointer

  /// Decodes the payload with `body`. Throws if `body` does not consume all of it.
  func decode<Value>(
    _ body: (inout WireReader) throws(WireError) -> Value
  ) throws(WireError) -> Value {
    var reader = WireReader(payload)
    let value = try body(&reader)
    try reader.finish()
    return value
  }
}
