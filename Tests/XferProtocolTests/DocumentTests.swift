import FoundationEssentials
import Testing
import XferSystem

@testable import XferProtocol

/// docs/protocol.md agrees with the code.
@Suite("docs/protocol.md agrees with the code")
struct DocumentTests {
  private let text: String

  init() throws {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    let file = try Data(contentsOf: root.appending(path: "docs/protocol.md"))
    text = String(decoding: file, as: UTF8.self)
  }

  @Test("The example in docs/protocol.md has the bytes that a client sends")
  func exampleMatchesClient() throws {
    var writer = WireWriter()
    let content = Array("abc".utf8)
    writer.write(raw: WireLimits.magic)
    ClientMessage.hello(Hello(version: 1, agent: "demo")).encode(into: &writer)
    let offer = Offer(tag: 1, id: id, size: 3, name: try FileName("abc.txt"), isEager: true)
    ClientMessage.offer(offer).encode(into: &writer)
    let crc = content.withUnsafeBytes { crc32c($0) }
    let header = ContentHeader(tag: 1, offset: 0, length: 3, crc: crc)
    ClientMessage.content(header).encode(into: &writer)
    writer.write(raw: content)
    #expect(bytes(between: "The client:\n", "The receiver:\n") == writer.bytes)
  }

  @Test("The example in docs/protocol.md has the bytes that a receiver answers")
  func exampleMatchesReceiver() throws {
    var writer = WireWriter()
    writer.write(raw: WireLimits.magic)
    let now = Timestamp(microseconds: 1_795_343_770_407_311)
    ReceiverMessage.welcome(Welcome(version: 1, agent: "xferd", now: now)).encode(into: &writer)
    let digest = Hex.bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") ?? []
    let started: Int64 = 1_795_343_770_408_470
    let receipt = Receipt(
      id: id, name: try FileName("abc.txt"), size: 3, digest: Digest(bytes: digest),
      startedAt: Timestamp(microseconds: started),
      publishedAt: Timestamp(microseconds: started + 43_749), durability: .durable, standing: .new)
    ReceiverMessage.receipt(tag: 1, receipt).encode(into: &writer)
    #expect(bytes(between: "The receiver:\n", "# The classic protocol\n") == writer.bytes)
  }

  @Test("docs/protocol.md lists every reason with its number", arguments: Reason.allCases)
  func documentListsEveryReason(_ reason: Reason) {
    #expect(text.contains("\n| \(reason.rawValue) | \(reason.code) |"))
  }

  @Test(
    "docs/protocol.md names every limit of the protocol",
    arguments: [
      WireLimits.payload, WireLimits.text, WireLimits.content, Int(WireLimits.eager),
      WireLimits.window, FileName.maximumLength, FileName.maximumDepth, FileName.maximumComponent,
    ])
  func documentNamesEveryLimit(_ limit: Int) {
    let digits = String(limit)
    let shown = digits.count < 4 ? digits : grouped(digits)
    #expect(text.contains(shown))
  }

  private var id: TransferID { TransferID(high: 0x0001_0203_0405_0607, low: 0x0809_0a0b_0c0d_0e0f) }

  /// The hexadecimal columns of a block of the example.
  private func bytes(between start: String, _ end: String) -> [UInt8] {
    let example = text.split(separator: "## An example, byte for byte\n").last ?? ""
    guard let block = example.split(separator: start).last?.split(separator: end).first else {
      return []
    }
    return block.split(separator: "\n").filter { $0.hasPrefix("    ") }.flatMap { line in
      let column = line.drop { $0 == " " }.split(separator: "  ").first ?? ""
      return Hex.bytes(column.filter { $0 != " " }) ?? []
    }
  }

  /// Returns `16,384` for `16384`.
  private func grouped(_ digits: String) -> String {
    guard digits.count > 3 else { return digits }
    return grouped(String(digits.dropLast(3))) + "," + digits.suffix(3)
  }
}
