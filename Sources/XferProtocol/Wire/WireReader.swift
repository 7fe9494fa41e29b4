/// Takes values from a frame's payload, in the order in which they were written. What it reads
/// from must outlive it; whoever decodes a payload calls `finish`, as trailing bytes are an error.
struct WireReader {
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  func finish() throws(WireError) {
    if !rest.isEmpty { throw WireError("\(rest.count) bytes too many in a message") }
  }

  mutating func take(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
    guard count <= rest.count else { throw WireError("a message ends too early") }
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
    guard byte < 2 else { throw WireError("a yes or no is \(byte)") }
    return byte == 1
  }

  mutating func textBytes() throws(WireError) -> [UInt8] {
    let count = Int(try uint16())
    guard count <= WireLimits.text else { throw WireError("a text of \(count) bytes") }
    return Array(try take(count))
  }

  mutating func string() throws(WireError) -> String {
    guard let text = String(validating: try textBytes(), as: UTF8.self) else {
      throw WireError("a text that is not UTF-8")
    }
    return text
  }

  /// Words of a peer, made harmless.
  mutating func words() throws(WireError) -> String { PeerWords.harmless(try string()) }

  mutating func digest() throws(WireError) -> Digest {
    guard let digest = Digest(bytes: try take(Digest.size)) else { throw WireError("no digest") }
    return digest
  }

  /// Zeros stand for no digest.
  mutating func optionalDigest() throws(WireError) -> Digest? {
    let digest = try digest()
    return digest.bytes.allSatisfy { $0 == 0 } ? nil : digest
  }

  /// A name that this side has checked before; a name from a stranger is read as `textBytes`.
  mutating func fileName() throws(WireError) -> FileName {
    do {
      return try FileName(bytes: try textBytes())
    } catch let bad as BadName {
      throw WireError(bad.description)
    } catch {
      throw error as? WireError ?? WireError("no name")
    }
  }
}
