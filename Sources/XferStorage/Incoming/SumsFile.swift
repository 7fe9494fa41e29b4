import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// A small file beside a partial file that holds its sums and the client that it belongs to. Damage
/// to it makes the receiver resume less of the partial file, never more.
///
///     offset  bytes
///     0       4      "XFS1"
///     4       4      CRC-32C of the rest of the header
///     8       8      bytes of the file
///     16      8      bytes that the sums cover
///     24      8      bytes of a step
///     32      4      CRC-32C of the bytes behind the last whole step
///     36      4      bytes of the key of the client
///     40      88     the key of the client
///     128     4 × n  CRC-32C of each whole step
///
/// Numbers are little-endian.
struct SumsFile {
  static let suffix = ".sums"
  private static let magic: UInt32 = 0x3153_4658
  private static let headerSize = 128
  private static let ownerOffset = 40

  /// The fixed part of the file.
  struct Header {
    let size: Int64
    let length: Int64
    let step: Int64
    let last: UInt32
    let owner: String
  }

  private let file: FileDescriptor
  /// The number of whole steps that are written.
  private var written = 0

  static func name(of id: TransferID) -> String { id.description + suffix }

  /// Opens or creates the file. Only the process that holds the lock of the partial file may call
  /// it.
  init(_ id: TransferID, in directory: Directory) throws(SystemFailure) {
    file = try directory.openFile(SumsFile.name(of: id), O_RDWR | O_CREAT, mode: 0o600)
  }

  func close() { try? file.close() }

  /// Writes the sums that are new since the last call, and the header.
  mutating func write(_ sums: ContentSums, size: Int64, owner: String) throws {
    written = min(written, sums.whole.count)
    let new = sums.whole[written...].map(\.littleEndian)
    try new.withUnsafeBytes { bytes in
      if !bytes.isEmpty { try file.writeAll(bytes, at: Int64(SumsFile.headerSize + written * 4)) }
    }
    written = sums.whole.count
    try SumsFile.header(of: sums, size: size, owner: owner).withUnsafeBytes {
      try file.writeAll($0, at: 0)
    }
  }

  private static func header(of sums: ContentSums, size: Int64, owner: String) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: headerSize)
    let owner = Array(owner.utf8.prefix(headerSize - ownerOffset))
    bytes.withUnsafeMutableBytes { raw in
      raw.storeBytes(of: magic.littleEndian, toByteOffset: 0, as: UInt32.self)
      for (index, number) in [size, sums.length, sums.step].enumerated() {
        raw.storeBytes(of: number.littleEndian, toByteOffset: 8 + 8 * index, as: Int64.self)
      }
      raw.storeBytes(of: sums.last.littleEndian, toByteOffset: 32, as: UInt32.self)
      raw.storeBytes(of: UInt32(owner.count).littleEndian, toByteOffset: 36, as: UInt32.self)
      raw[ownerOffset..<ownerOffset + owner.count].copyBytes(from: owner)
      let crc = crc32c(UnsafeRawBufferPointer(rebasing: raw[8...]))
      raw.storeBytes(of: crc.littleEndian, toByteOffset: 4, as: UInt32.self)
    }
    return bytes
  }

  /// Returns the header of the sums file of a transfer; nil if there is none or it is damaged.
  static func header(of id: TransferID, in directory: Directory) -> Header? {
    guard let file = try? directory.openFile(name(of: id), O_RDONLY) else { return nil }
    defer { try? file.close() }
    return header(of: file)
  }

  private static func header(of file: FileDescriptor) -> Header? {
    var bytes = [UInt8](repeating: 0, count: headerSize)
    guard (try? bytes.withUnsafeMutableBytes { try file.readAll(into: $0, at: 0) }) == headerSize
    else { return nil }
    return bytes.withUnsafeBytes { raw in
      func number<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
        Value(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Value.self))
      }
      let crc = crc32c(UnsafeRawBufferPointer(rebasing: raw[8...]))
      let count = Int(number(36, UInt32.self))
      guard number(0, UInt32.self) == magic, number(4, UInt32.self) == crc,
        count <= headerSize - ownerOffset
      else { return nil }
      return Header(
        size: number(8, Int64.self), length: number(16, Int64.self), step: number(24, Int64.self),
        last: number(32, UInt32.self),
        owner: String(decoding: raw[ownerOffset..<ownerOffset + count], as: UTF8.self))
    }
  }

  /// Returns the sums of a partial file of this size; nil if there are none or they are damaged.
  static func sums(of id: TransferID, size: Int64, in directory: Directory) -> ContentSums? {
    guard let file = try? directory.openFile(name(of: id), O_RDONLY) else { return nil }
    defer { try? file.close() }
    let fresh = ContentSums(size: size)
    guard let header = header(of: file), header.size == size, header.step == fresh.step,
      (0...size).contains(header.length)
    else { return nil }
    var whole = [UInt32](repeating: 0, count: Int(header.length / header.step))
    let count = whole.count * 4
    guard
      (try? whole.withUnsafeMutableBytes { try file.readAll(into: $0, at: Int64(headerSize)) })
        == count
    else { return nil }
    return ContentSums(
      step: header.step, whole: whole.map(UInt32.init(littleEndian:)), last: header.last,
      length: header.length)
  }

  static func remove(_ id: TransferID, in directory: Directory) {
    try? directory.remove(name(of: id))
  }
}
