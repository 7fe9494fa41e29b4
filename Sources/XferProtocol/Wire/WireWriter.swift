/// Appends values as they cross the wire: integers in network byte order, texts with their length.
public struct WireWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public var isEmpty: Bool { bytes.isEmpty }

  /// Forgets what was written and keeps the memory.
  public mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  public mutating func removeFirst(_ count: Int) { bytes.removeFirst(count) }

  public mutating func write(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// A text is cut to `WireLimits.text` bytes, between two characters, so that it can be read.
  mutating func write(_ text: String) {
    let utf8 = Array(text.utf8)
    var end = min(utf8.count, WireLimits.text)
    while end < utf8.count, utf8[end] & 0xc0 == 0x80 { end -= 1 }
    write(UInt16(end))
    bytes.append(contentsOf: utf8[..<end])
  }

  /// No digest is written as zeros.
  mutating func write(_ digest: Digest?) {
    write(raw: digest?.bytes ?? [UInt8](repeating: 0, count: Digest.size))
  }

  /// Writes a frame: its payload's length, its type, its checksum, and what `payload` writes.
  mutating func frame(_ type: UInt8, _ payload: (inout WireWriter) -> Void) {
    let start = bytes.count
    write(UInt32(0))
    write(type)
    write(UInt32(0))
    payload(&self)
    let body = start + WireLimits.frameHeader
    bytes.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(
        of: UInt32(bytes.count - body).bigEndian, toByteOffset: start, as: UInt32.self)
      let checksum = frameChecksum(
        UnsafeRawBufferPointer(rebasing: bytes[start..<body]),
        UnsafeRawBufferPointer(rebasing: bytes[body...]))
      bytes.storeBytes(of: checksum.bigEndian, toByteOffset: start + 5, as: UInt32.self)
    }
  }
}
