import XferSystem

/// The 16 bytes that a sender chooses to identify a transfer. An offer with the same id is the same
/// transfer, never a second one.
package struct TransferID: Hashable, Sendable, CustomStringConvertible {
  /// Bytes.
  package static let size = 16
  /// Stands for a missing id in a message.
  static let none = TransferID(high: 0, low: 0)

  private let high: UInt64
  private let low: UInt64

  /// The 16 bytes as two numbers in big-endian order.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Returns nil if there are not exactly 16 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == TransferID.size else { return nil }
    self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    self.low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Takes the first 16 bytes, usually of a digest. Returns nil if there are fewer.
  package init?(prefix bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= TransferID.size else { return nil }
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// Returns nil if `hex` is not 32 hexadecimal digits, the format of `description`.
  package init?(hex: some StringProtocol) {
    guard let bytes = Hex.bytes(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// Returns a unique id for a transfer that starts now.
  package static func random() -> TransferID {
    let rest = (0..<TransferID.size).map { _ in UInt8.random(in: .min ... .max) }
    return rest.withUnsafeBytes { TransferID(at: .now, prefix: $0) }
      ?? TransferID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
  }

  /// Combines the seconds of `time` with the first 12 bytes, usually of a digest. Returns nil if
  /// there are fewer than 16 bytes. Ids of the same time are neighbours in the index of the
  /// history, which halves the writes.
  package init?(at time: Timestamp, prefix bytes: UnsafeRawBufferPointer) {
    guard let rest = TransferID(prefix: bytes) else { return nil }
    let seconds = UInt64(truncatingIfNeeded: time.microseconds / 1_000_000)
    self.init(high: seconds << 32 | rest.high >> 32, low: rest.high << 32 | rest.low >> 32)
  }

  /// The 16 bytes, in the order of the wire.
  package var bytes: [UInt8] {
    [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
  }

  /// 32 lower-case hexadecimal digits.
  package var description: String { Hex.text(bytes) }

  func encode(into writer: inout WireWriter) {
    writer.write(high)
    writer.write(low)
  }

  init(from reader: inout WireReader) throws(WireError) {
    self.init(high: try reader.uint64(), low: try reader.uint64())
  }
}
