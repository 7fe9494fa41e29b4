import Testing
import XferSystem

@testable import XferProtocol

@Suite("Values of the protocol convert without loss")
struct ValueTests {
  @Test("A client's key is its name, or its address if it has none")
  func keyIsNameOrAddress() {
    let (named, unknown) = (Client(address: "::1", name: "cam-7"), Client(address: "::1"))
    #expect(named.key == "cam-7" && unknown.key == "::1")
    #expect("\(named) \(unknown)" == "cam-7 (::1) ::1")
    #expect(named.logFields == ["client": "cam-7", "address": "::1"])
    #expect(unknown.logFields == ["client": "::1"])
  }

  @Test("A transfer id has 16 bytes and survives conversion to hexadecimal")
  func transferIDRoundTripsAsHex() throws {
    let bytes: [UInt8] = Array(240...255)
    let id = try #require(TransferID(bytes: bytes))
    #expect(id.bytes == bytes)
    #expect(id.description == "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    #expect(TransferID(hex: id.description) == id)
    #expect(TransferID(hex: id.description.uppercased()) == id)
    #expect(TransferID.random() != TransferID.random())
  }

  @Test("A transfer id of another length than 16 bytes is refused", arguments: [0, 15, 17])
  func transferIDNeeds16Bytes(_ count: Int) {
    #expect(TransferID(bytes: [UInt8](repeating: 0, count: count)) == nil)
    #expect(TransferID(hex: String(repeating: "00", count: count)) == nil)
  }

  @Test("A digest has 32 bytes and is printed as sha256sum prints it")
  func digestHas32Bytes() throws {
    let digest = try #require(Digest(bytes: [UInt8](repeating: 0xab, count: 32)))
    #expect(digest.description == String(repeating: "ab", count: 32))
    #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    #expect(Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
  }

  @Test("Every byte survives conversion to hexadecimal")
  func everyByteRoundTripsAsHex() {
    let bytes = [UInt8](0...255)
    #expect(Hex.bytes(Hex.text(bytes)) == bytes)
    #expect(Hex.text([]) == "")
    #expect(Hex.bytes("") == [])
  }

  @Test(
    "Text that is not pairs of hexadecimal digits is refused",
    arguments: ["0", "0g", "+1", "-1", " 1", "é"])
  func invalidHexIsRefused(_ text: String) { #expect(Hex.bytes(text) == nil) }

  @Test("A transfer id may start with the big-endian seconds of a time")
  func transferIDStartsWithSeconds() throws {
    let time = Timestamp(microseconds: 0x6543_2100 * 1_000_000 + 999_999)
    let id = try #require(Array(UInt8(1)...16).withUnsafeBytes { TransferID(at: time, prefix: $0) })
    #expect(id.description == "654321000102030405060708090a0b0c")
    #expect(
      [UInt8](repeating: 1, count: 15).withUnsafeBytes { TransferID(at: time, prefix: $0) } == nil)
    #expect(TransferID.random() != .random())
  }

  @Test("An unknown reason of a refusal is treated as a permanent one")
  func unknownReasonIsPermanent() throws {
    let payload = bigEndian(UInt32(1)) + bigEndian(UInt16(999)) + [0, 0, 0, 3] + [0, 1, 0x61]
    let message = try ReceiverMessage(decoding: frame(132, payload))
    #expect(message == .refusal(tag: 1, Refusal(.notAllowed, "a", retryAfter: 3)))
  }

  @Test("An unknown durability in a receipt is treated as lazy")
  func unknownDurabilityIsLazy() throws {
    #expect(try receipt(withByte: 99, fromEnd: 2).durability == .lazy)
  }

  @Test("An unknown standing in a receipt is treated as a file that is still present")
  func unknownStandingMeansFileIsPresent() throws {
    #expect(try receipt(withByte: 99, fromEnd: 1).standing == .there)
  }

  private func receipt(withByte byte: UInt8, fromEnd place: Int) throws -> Receipt {
    let sample = try #require(Sample.receiver.first { $0.type == 131 })
    var payload = sample.payload
    payload[payload.count - place] = byte
    guard
      case .receipt(_, let receipt) = try ReceiverMessage(decoding: frame(sample.type, payload))
    else { throw UnexpectedMessage() }
    return receipt
  }
}
