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
      tag: 1, id: .random(), size: 0, name: try FileName("a"), isEager: true,
      properties: FileAttributes(mode: 0o7777, modified: .min))
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

  @Test("A text in an attribute is safe to show, and there is none if it is not UTF-8")
  func textAttributeIsSafe() throws {
    #expect(try hello(attribute(5, Array("a\u{1b}b".utf8))).attributes.text(5) == "a?b")
    #expect(try hello(attribute(5, [0xff])).attributes.text(5) == nil)
    #expect(try hello(attribute(5, [])).attributes.text(3) == nil)
  }

  @Test("A row and a greeting keep the client's name, and a row of version 1 has none")
  func nameOfClientIsAnAttribute() throws {
    let row = HistoryEntry(
      id: 1, transferID: nil, client: Client(address: "::1", name: "cam-7"), name: "a", size: 1,
      startedAt: .now, finishedAt: .now, status: .completed, reason: nil, detail: nil,
      digest: nil, wire: .native)
    for (sent, name) in [(row, "cam-7" as String?), (row.withoutAttributes, nil)] {
      let heard = try ReceiverMessage(decoding: ReceiverMessage.row(tag: 1, sent).encoded)
      guard case .row(_, let entry) = heard else { throw WireError("no row") }
      #expect(entry.client == Client(address: "::1", name: name))
    }
    let welcome = ReceiverMessage.welcome(Welcome(version: 2, agent: "", client: "cam-7"))
    guard case .welcome(let heard) = try ReceiverMessage(decoding: welcome.encoded) else {
      throw WireError("no greeting")
    }
    #expect(heard.client == "cam-7")
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
