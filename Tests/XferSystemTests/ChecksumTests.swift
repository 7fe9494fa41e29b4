import CLinux
import Testing
import XferSystem

@Suite("CRC-32C is computed as in RFC 3720")
struct ChecksumTests {
  /// RFC 3720, appendix B.4, and the check value of the usual CRC catalogues.
  private static let vectors: [(bytes: [UInt8], sum: UInt32)] = [
    (Array("123456789".utf8), 0xe306_9283),
    ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
    ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
    (Array(0..<32), 0x46dd_794e),
    ((0..<32).reversed(), 0x113f_db5c),
    (readCommand, 0xd996_3a56),
    ([], 0),
  ]

  /// An iSCSI SCSI Read (10) command.
  private static let readCommand: [UInt8] =
    [0x01, 0xc0] + [UInt8](repeating: 0, count: 14) + [0x14, 0, 0, 0, 0, 0, 0x04, 0]
    + [0, 0, 0, 0x14, 0, 0, 0, 0x18] + [0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0]

  @Test("Both implementations match the test vectors of RFC 3720", arguments: vectors)
  func rfc3720VectorsMatch(_ bytes: [UInt8], _ sum: UInt32) {
    #expect(bytes.withUnsafeBytes { crc32c($0) } == sum)
    #expect(bytes.withUnsafeBytes { xfer_crc32c_portable(0, $0.baseAddress, $0.count) } == sum)
  }

  @Test(
    "The hardware and table implementations agree at every length and alignment", arguments: 0..<8)
  func hardwareEqualsPortable(_ alignment: Int) {
    let bytes = Numbers.bytes(count: 40_000)
    // The hardware sums 12288 bytes in a round, in three streams.
    let lengths = Array(0...80) + [4095, 4096, 12_287, 12_288, 12_289, 24_583, 36_864, 39_992]
    bytes.withUnsafeBytes { memory in
      for length in lengths {
        let part = UnsafeRawBufferPointer(rebasing: memory[alignment..<alignment + length])
        let portable = xfer_crc32c_portable(7, part.baseAddress, length)
        #expect(crc32c(part, continuing: 7) == portable, "\(length) bytes")
      }
    }
  }

  @Test(
    "A checksum that is continued over two parts equals that of the whole",
    arguments: [0, 1, 8, 4096, 12_288, 20_000])
  func checksumContinuesOverParts(_ cut: Int) {
    let bytes = Numbers.bytes(count: 20_000)
    bytes.withUnsafeBytes { whole in
      let first = crc32c(UnsafeRawBufferPointer(rebasing: whole[..<cut]))
      let both = crc32c(UnsafeRawBufferPointer(rebasing: whole[cut...]), continuing: first)
      #expect(both == crc32c(whole))
    }
  }
}

/// Makes bytes without a pattern, the same in every run.
private enum Numbers {
  static func bytes(count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }
}
