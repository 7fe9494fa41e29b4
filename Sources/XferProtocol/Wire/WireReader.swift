/// Reads values from a frame's payload, in the order in which they were written. The payload must
/// outlive the reader. The caller calls `finish` at the end, because trailing bytes are an error.
struct WireReader {
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  func finish() throws(WireError) {
    if !rest.isEmpty { throw WireError("\(rest.count) trailing bytes in a message") }
  }

  mutating func take(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
    guard count <= rest.count else { throw WireError("truncated message") }
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
    return UnsafeRawBufferPointer(rebasing: rest[..<count])
  }

  private mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(WireError) -> Value
  {
    Value(bigEndian: try take(MemoryLayout<Value>.size).loadUnaligned(as: Value.self))
  }

  mutating func uint8() throws(WireError) -> UInt8 { try integer(UInt8.self) }
  mutating func uint16() throws(WireError) -> UInt16 { try integer(UInt16.self) }
  mutating func uint32() throws(WireError) -> UInt32 { try integer(UInt32.self) }
  mutating func uint64() throws(WireError) -> UInt64 { try integer(UInt64.self) }
  mutating func int64() throws(WireError) -> Int64 { try integer(Int64.self) }

  mutating func bool() throws(WireError) -> Bool {
    let byte = try uint8()
    guard byte < 2 else { throw WireError("invalid boolean byte \(byte)") }
    return byte == 1
  }

  mutating func textBytes() throws(WireError) -> [UInt8] {
    let count = Int(try uint16())
    guard count <= WireLimits.text else {
      throw WireError("text of \(count) bytes exceeds the limit of \(WireLimits.text)")
    }
    return Array(try take(count))
  }

  /// Reads bytes with their length in front.
  mutating func byteString() throws(WireError) -> [UInt8] { Array(try take(Int(try uint16()))) }

  mutating func string() throws(WireError) -> String {
    guard let text = String(validating: try textBytes(), as: UTF8.self) else {
      throw WireError("text is not UTF-8")
    }
    return text
  }

  /// Reads a message or a program name of a peer, and sanitizes it.
  mutating func peerText() throws(WireError) -> String { PeerText.sanitized(try string()) }

  /// Reads one byte as the raw value of an enumeration; `name` is for the error.
  mutating func value<Value: RawRepresentable<UInt8>>(
    _ name: String
  ) throws(WireError) -> Value {
    let byte = try uint8()
    guard let value = Value(rawValue: byte) else { throw WireError("unknown \(name) \(byte)") }
    return value
  }

  mutating func digest() throws(WireError) -> Digest {
    guard let digest = Digest(bytes: try take(Digest.size)) else {
      throw WireError("invalid digest")
    }
    return digest
  }

  /// Reads a digest; returns nil for zeros, which stand for a missing one.
  mutating func optionalDigest() throws(WireError) -> Digest? {
    let digest = try digest()
    return digest.bytes.allSatisfy { $0 == 0 } ? nil : digest
  }

  /// Reads a name that was validated before it was sent. A name from a client is read as
  /// `textBytes`, so that it can be refused with a reason.
  mutating func fileName() throws(WireError) -> FileName {
    do {
      return try FileName(bytes: try textBytes())
    } catch let bad as BadName {
      throw WireError(bad.description)
    } catch {
      throw error as? WireError ?? WireError("invalid name")
    }
  }
}
