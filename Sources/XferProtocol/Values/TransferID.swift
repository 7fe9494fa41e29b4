import XferSystem

/// The 16 bytes that a sender chooses for a transfer. They name it for good: an offer repeated with
/// the same id is the same transfer, never a second one.
public struct TransferID: Hashable, Sendable, CustomStringConvertible {
  public static let size = 16
  /// Stands for no id where a message has a place for one.
  static let none = TransferID(high: 0, low: 0)

  private let high: UInt64
  private let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// From exactly 16 bytes; nil from any other number.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == TransferID.size else { return nil }
    self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    self.low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// From the first 16 bytes of a digest, or of anything that is as long.
  public init?(prefix bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= TransferID.size else { return nil }
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// From 32 hexadecimal digits, as `description` writes them.
  public init?(hex: some StringProtocol) {
    guard let bytes = Hex.bytes(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// An id that nobody else chooses, of a transfer that begins now.
  public static func random() -> TransferID {
    let rest = (0..<TransferID.size).map { _ in UInt8.random(in: .min ... .max) }
    return rest.withUnsafeBytes { TransferID(at: .now, prefix: $0) }
      ?? TransferID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
  }

  /// From the seconds of a time, and the first 12 bytes of a digest or of anything that is as long. Ids of
  /// one time lie beside each other in the index of a history, which then writes half as much.
  public init?(at time: Timestamp, prefix bytes: UnsafeRawBufferPointer) {
    guard let rest = TransferID(prefix: bytes) else { return nil }
    let seconds = UInt64(truncatingIfNeeded: time.microseconds / 1_000_000)
    self.init(high: seconds << 32 | rest.high >> 32, low: rest.high << 32 | rest.low >> 32)
  }

  public var bytes: [UInt8] {
    [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
  }

  public var description: String { Hex.text(bytes) }

  func encode(into writer: inout WireWriter) {
    writer.write(high)
    writer.write(low)
  }

  init(from reader: inout WireReader) throws(WireError) {
    self.init(high: try reader.uint64(), low: try reader.uint64())
  }
}
