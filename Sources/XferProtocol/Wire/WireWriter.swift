/// Appends values in their wire format: integers in network byte order, texts with their length.
package struct WireWriter {
  /// The bytes that were written and not removed.
  package private(set) var bytes: [UInt8] = []

  /// Starts without bytes.
  package init() {}

  /// True if there are no bytes.
  package var isEmpty: Bool { bytes.isEmpty }

  /// Removes all bytes and keeps the memory.
  package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  /// Removes the first `count` bytes, which must be there.
  package mutating func removeFirst(_ count: Int) { bytes.removeFirst(count) }

  /// Appends bytes without a length.
  package mutating func write(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  /// Appends bytes with their length in front. There are less than 64 KiB of them.
  mutating func write(bytes value: [UInt8]) {
    write(UInt16(value.count))
    write(raw: value)
  }

  mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// Appends a text. It is cut to `WireLimits.text` bytes, between two characters, because a reader
  /// refuses longer ones.
  mutating func write(_ text: String) {
    let utf8 = Array(text.utf8)
    var end = min(utf8.count, WireLimits.text)
    while end < utf8.count, utf8[end] & 0xc0 == 0x80 { end -= 1 }
    write(UInt16(end))
    bytes.append(contentsOf: utf8[..<end])
  }

  /// Appends the bytes of a name, which are not always UTF-8.
  mutating func write(_ name: FileName) { write(bytes: name.bytes) }

  /// Appends a digest; zeros stand for a missing one.
  mutating func write(_ digest: Digest?) {
    write(raw: digest?.bytes ?? [UInt8](repeating: 0, count: Digest.size))
  }

  /// Appends a frame: the length of its payload, its number, its checksum, and the payload.
  mutating func frame(
    _ number: some RawRepresentable<UInt8>, payload: (inout WireWriter) -> Void
  ) {
    let start = bytes.count
    write(UInt32(0))
    write(number.rawValue)
    write(UInt32(0))
    payload(&self)
    let body = start + WireLimits.frameHeader
    bytes.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(
        of: UInt32(bytes.count - body).bigEndian, toByteOffset: start, as: UInt32.self)
      let checksum = frameChecksum(
        UnsafeRawBufferPointer(rebasing: bytes[start..<body]),
        payload: UnsafeRawBufferPointer(rebasing: bytes[body...]))
      bytes.storeBytes(of: checksum.bigEndian, toByteOffset: start + 5, as: UInt32.self)
    }
  }
}
