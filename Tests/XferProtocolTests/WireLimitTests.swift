import Testing

@testable import XferProtocol

@Suite("The decoder enforces the limits of the protocol")
struct WireLimitTests {
  @Test("A frame above 16 KiB is an error before its payload arrives")
  func oversizedFrameIsRefusedEarly() throws {
    let buffer = FrameBuffer(capacity: 64 * 1024)
    buffer.put(bigEndian(UInt32(WireLimits.payload + 1)) + [1])
    #expect(throws: WireError.self) { try buffer.nextFrame() }
  }

  @Test("A frame of 16 KiB is accepted")
  func frameOf16KiBIsAccepted() throws {
    let buffer = FrameBuffer(capacity: 64 * 1024)
    buffer.put(frame(9, [UInt8](repeating: 7, count: WireLimits.payload)))
    let payload = try #require(try buffer.nextFrame()).payload
    #expect(payload.count == WireLimits.payload)
  }

  @Test("A text above 4096 bytes is an error", arguments: [4095, 4096, 4097, 65535])
  func textAbove4096BytesIsAnError(_ length: Int) throws {
    let text = bigEndian(UInt16(length)) + [UInt8](repeating: 0x61, count: min(length, 10_000))
    let bytes = frame(4, bigEndian(UInt32(1)) + text)
    if length > WireLimits.text { return expectError(ClientMessage.self, bytes) }
    let message = try ClientMessage(decoding: bytes)
    #expect(message == .withdraw(Withdrawal(tag: 1, why: String(repeating: "a", count: length))))
  }

  @Test("A text that is not UTF-8 is an error")
  func nonUTF8TextIsAnError() {
    expectError(ClientMessage.self, frame(4, bigEndian(UInt32(1)) + [0, 1, 0xff]))
  }

  @Test("A text that is truncated to its limit stays valid UTF-8", arguments: 0..<4)
  func longTextIsTruncatedBetweenCharacters(_ shift: Int) throws {
    let why = String(repeating: "x", count: shift) + String(repeating: "☃", count: 3000)
    let message = ClientMessage.withdraw(Withdrawal(tag: 1, why: why))
    guard case .withdraw(let heard) = try ClientMessage(decoding: message.encoded) else {
      throw UnexpectedMessage()
    }
    #expect(why.utf8.starts(with: heard.why.utf8))
    #expect(heard.why.utf8.count > WireLimits.text - 4)
  }

  @Test("A content message carries 1 byte to 1 MiB", arguments: [0, 1, 1 << 20, 1 << 20 + 1, .max])
  func contentMessageHas1ByteTo1MiB(_ length: UInt32) throws {
    let bytes = frame(
      3, bigEndian(UInt32(1)) + bigEndian(UInt64(0)) + bigEndian(length) + bigEndian(UInt32(0)))
    guard length >= 1, length <= WireLimits.content else {
      return expectError(ClientMessage.self, bytes)
    }
    let header = ContentHeader(tag: 1, offset: 0, length: length, crc: 0)
    #expect(try ClientMessage(decoding: bytes) == .content(header))
  }

  @Test("Content beyond the end of the largest file is an error")
  func contentBeyondLargestFileIsAnError() throws {
    let last = UInt64(Int64.max) - 3
    for (offset, isRight) in [(last, true), (last + 1, false), (1 << 63, false), (.max, false)] {
      let header = ContentHeader(tag: 1, offset: offset, length: 3, crc: 0)
      let bytes = ClientMessage.content(header).encoded
      if isRight {
        #expect(try ClientMessage(decoding: bytes) == .content(header))
      } else {
        expectError(ClientMessage.self, bytes)
      }
    }
  }

  @Test("An offer with the tag 0 of the connection is an error")
  func offerWithTag0IsAnError() throws {
    var bytes = Sample.client[1].bytes
    bytes.replaceSubrange(5..<9, with: [0, 0, 0, 0])
    expectError(ClientMessage.self, bytes)
  }

  @Test("A boolean other than 0 or 1 is an error", arguments: [2, 255] as [UInt8])
  func booleanIs0Or1(_ byte: UInt8) {
    var bytes = Sample.client[1].bytes
    bytes[bytes.count - 1] = byte
    expectError(ClientMessage.self, bytes)
  }

  @Test("A question of an unknown kind is an error", arguments: [0, 4, 255] as [UInt8])
  func unknownQuestionIsAnError(_ kind: UInt8) {
    expectError(ClientMessage.self, frame(6, bigEndian(UInt32(1)) + [kind]))
  }

  @Test("An offer with an invalid name decodes, so that it can be refused with a reason")
  func invalidNameOfOfferIsDecoded() throws {
    let payload =
      bigEndian(UInt32(1)) + [UInt8](repeating: 1, count: 16) + bigEndian(UInt64(0))
      + bigEndian(UInt16(3)) + [0x2e, 0xff, 0x00] + [0]
    guard case .offer(let offer) = try ClientMessage(decoding: frame(2, payload)) else {
      throw UnexpectedMessage()
    }
    #expect(offer.name == [0x2e, 0xff, 0x00])
  }
}
