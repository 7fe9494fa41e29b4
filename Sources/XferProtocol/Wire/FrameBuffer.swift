import XferSystem

/// Bytes that have come in and are not used up yet, cut into frames. It reads and waits for nothing:
/// whoever owns the socket fills it.
public final class FrameBuffer {
  private let memory: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0

  /// `capacity` must hold at least one whole frame.
  public init(capacity: Int) {
    precondition(capacity >= WireLimits.payload + WireLimits.frameHeader)
    memory = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { memory.deallocate() }

  public var count: Int { end - start }
  public var isEmpty: Bool { start == end }

  /// Where the next bytes go; `filled` says how many came.
  public func space() -> UnsafeMutableRawBufferPointer {
    if start > 0, isEmpty || memory.count - end < memory.count / 2 { compact() }
    return UnsafeMutableRawBufferPointer(rebasing: memory[end...])
  }

  public func filled(_ count: Int) { end += count }

  /// Gives back the memory of an empty buffer, until more comes.
  public func releaseMemory() {
    guard isEmpty else { return }
    (start, end) = (0, 0)
    releasePages(of: memory)
  }

  /// What is there, without using it up.
  public var content: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[start..<end])
  }

  /// Uses up the next bytes; they stay valid until `space` is called.
  public func take(_ count: Int) -> UnsafeRawBufferPointer {
    defer { start += count }
    return UnsafeRawBufferPointer(rebasing: memory[start..<start + count])
  }

  /// The next whole frame; nil when it has not come in yet.
  public func nextFrame() throws(WireError) -> Frame? {
    guard count >= MemoryLayout<UInt32>.size else { return nil }
    let length = Int(UInt32(bigEndian: content.loadUnaligned(as: UInt32.self)))
    guard length <= WireLimits.payload else {
      throw WireError("a message of \(length) bytes", isDamage: true)
    }
    guard count >= WireLimits.frameHeader + length else { return nil }
    let header = take(WireLimits.frameHeader)
    let payload = take(length)
    let announced = UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 5, as: UInt32.self))
    guard frameChecksum(header, payload) == announced else {
      throw WireError("a message whose checksum is wrong", isDamage: true)
    }
    return Frame(type: header[4], payload: payload)
  }

  private func compact() {
    memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<end]))
    end -= start
    start = 0
  }
}

/// The CRC-32C of a frame's length, type and payload. Without it a bit that flips on its way could
/// turn a name into another name.
func frameChecksum(_ header: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer) -> UInt32 {
  crc32c(payload, continuing: crc32c(UnsafeRawBufferPointer(rebasing: header[..<5])))
}

/// One control frame. Its payload is valid until the buffer that it came from is filled again.
public struct Frame {
  public let type: UInt8
  let payload: UnsafeRawBufferPointer

  /// Decodes the payload with `body`, which must use up all of it.
  func decode<Value>(
    _ body: (inout WireReader) throws(WireError) -> Value
  ) throws(WireError) -> Value {
    var reader = WireReader(payload)
    let value = try body(&reader)
    try reader.finish()
    return value
  }
}
