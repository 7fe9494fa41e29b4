import Testing

@testable import XferProtocol

@Suite("Attributes extend a message and stay compatible")
struct AttributeTests {
  @Test("An unknown odd attribute is ignored", arguments: [5, 7, 255] as [UInt8])
  func unknownOddAttributeIsIgnored(_ tag: UInt8) throws {
    let hello = try hello(attribute(tag, [1, 2, 3]))
    #expect(hello.attributes.unknownMandatory(known: []) == [])
    #expect(hello.agent == "a")
  }

  @Test("An unknown even attribute is reported as mandatory", arguments: [0, 2, 4, 254] as [UInt8])
  func unknownEvenAttributeIsReported(_ tag: UInt8) throws {
    let hello = try hello(attribute(tag, []))
    #expect(hello.attributes.unknownMandatory(known: []) == [tag])
    #expect(hello.attributes.unknownMandatory(known: [tag]) == [])
  }

  @Test("All unknown even attributes are reported in ascending order")
  func allUnknownEvenAttributesAreReported() throws {
    let hello = try hello(attribute(8, []) + attribute(3, []) + attribute(2, []))
    #expect(hello.attributes.unknownMandatory(known: [4]) == [2, 8])
  }

  @Test("A duplicate attribute is an error")
  func duplicateAttributeIsAnError() {
    #expect(throws: WireError.self) { try hello(attribute(5, []) + attribute(5, [1])) }
  }

  @Test("A truncated attribute is an error")
  func truncatedAttributeIsAnError() throws {
    let whole = attribute(5, [1, 2, 3])
    for length in 1..<whole.count {
      #expect(throws: WireError.self, "\(length) bytes") { try hello(Array(whole[..<length])) }
    }
  }

  @Test("The values of attributes survive encoding and decoding")
  func attributeValuesRoundTrip() throws {
    let offer = Offer(
      tag: 1, id: .random(), size: 0, name: try FileName("a"), isEager: true, modified: .min,
      mode: 0o7777)
    guard case .offer(let heard) = try ClientMessage(decoding: ClientMessage.offer(offer).encoded)
    else { throw UnexpectedMessage() }
    #expect(heard.attributes.int64(1) == .min)
    #expect(heard.attributes.int64(3) == 0o7777)
    #expect(heard.attributes.int64(5) == nil)
  }

  @Test("An attribute that is not eight bytes long has no number")
  func numberAttributeHasEightBytes() throws {
    #expect(try hello(attribute(5, [1, 2, 3, 4])).attributes.int64(5) == nil)
  }

  private func attribute(_ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
    [tag] + bigEndian(UInt16(value.count)) + value
  }

  private func hello(_ attributes: [UInt8]) throws -> Hello {
    let bytes = frame(1, [0, 1, 0, 1, 0x61] + attributes)
    guard case .hello(let hello) = try ClientMessage(decoding: bytes) else {
      throw UnexpectedMessage()
    }
    return hello
  }
}
