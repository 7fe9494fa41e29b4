import Testing
import XferProtocol
import XferSystem

@Suite("A PROXY header is read to its last byte and no further, or refused")
struct ProxyHeaderTests {
  private func parse(_ text: String) throws -> ProxyHeader.Parsed {
    try ProxyHeader.parse(Array(text.utf8))
  }

  private func client(_ host: String, _ port: UInt16) throws -> ProxyHeader.Parsed {
    .header(.client(try #require(SocketAddress(numeric: host, port: port))))
  }

  static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

  /// Returns a header of version 2 with this content.
  private func v2(
    _ command: UInt8, _ family: UInt8, _ content: [UInt8], length: Int? = nil
  ) -> [UInt8] {
    let length = length ?? content.count
    return ProxyHeaderTests.signature
      + [command, family, UInt8(length >> 8), UInt8(length & 255)] + content
  }

  private static let four: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0xdc, 0x04, 0x13, 0x8d]

  @Test("Version 1 passes on the client's address and port")
  func versionOnePassesClientOn() throws {
    #expect(
      try parse("PROXY TCP4 192.0.2.1 192.0.2.2 56324 5005\r\n") == client("192.0.2.1", 56324))
    #expect(
      try parse("PROXY TCP6 2001:db8::1 2001:db8::2 0 65535\r\n") == client("2001:db8::1", 0))
    #expect(
      try parse("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n")
        == client("::ffff:192.0.2.1", 1))
  }

  @Test(
    "Version 1 without a client is a connection of the proxy",
    arguments: ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN anything at all, : and / too\r\n"])
  func unknownIsProxy(line: String) throws {
    #expect(try parse(line) == .header(.proxy))
  }

  @Test(
    "A line of version 1 that is not valid is refused",
    arguments: [
      "GET / HTTP/1.1\r\n", "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
      "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
      "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
      "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
      "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n",
      "PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
      "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
      "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n",
      "PROXY TCP4 1.2.3.4 1.2.3.4  2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n",
      "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY UNKNOWNX 1.2.3.4\r\n",
      "PROXY TCP4 1.2.3.4\0 1.2.3.4 1 2\r\n", "PROXY UNKNOWN \n and more",
      "PROXY UNKNOWN " + String(repeating: "x", count: 100) + "\r\n",
    ])
  func invalidLineIsRefused(line: String) {
    #expect(throws: ProxyHeader.Malformed.self) { try read(Array(line.utf8)) }
  }

  /// Gives the parser as many bytes as it asks for, as a session does. Returns the number of bytes
  /// that it has taken.
  @discardableResult
  private func read(_ bytes: [UInt8]) throws -> (ProxyHeader, Int)? {
    var given = 0
    while true {
      switch try ProxyHeader.parse(Array(bytes.prefix(given))) {
      case .header(let header): return (header, given)
      case .needs(let count):
        guard count > 0, given + count <= bytes.count else { return nil }
        given += count
      }
    }
  }

  @Test("No byte behind a header is asked for, and each beginning of it is incomplete")
  func nothingBehindIsRead() throws {
    let headers = [
      Array("PROXY UNKNOWN\r\n".utf8), Array("PROXY TCP4 1.2.3.4 4.3.2.1 1 2\r\n".utf8),
      v2(0x21, 0x11, ProxyHeaderTests.four), v2(0x20, 0, []),
      v2(0x21, 0x11, ProxyHeaderTests.four + [UInt8](repeating: 7, count: 508)),
    ]
    for header in headers {
      #expect(try read(header + [1, 2, 3])?.1 == header.count)
      for length in 0..<header.count { #expect(try read(Array(header.prefix(length))) == nil) }
    }
  }

  @Test("Version 2 passes on the client's address and port, and skips further values")
  func versionTwoPassesClientOn() throws {
    #expect(
      try ProxyHeader.parse(v2(0x21, 0x11, ProxyHeaderTests.four)) == client("192.0.2.1", 56324))
    #expect(
      try ProxyHeader.parse(v2(0x21, 0x11, ProxyHeaderTests.four + [4, 0, 1, 0]))
        == client("192.0.2.1", 56324))
    let six = [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [9]
    #expect(
      try ProxyHeader.parse(v2(0x21, 0x21, six + six + [0, 80, 0, 81]))
        == client("2001:db8::9", 80))
  }

  @Test("Version 2 with LOCAL or without a family is a connection of the proxy")
  func localIsProxy() throws {
    for header in [v2(0x20, 0x11, ProxyHeaderTests.four), v2(0x20, 0xff, [1]), v2(0x21, 0, [])] {
      #expect(try ProxyHeader.parse(header) == .header(.proxy))
    }
  }

  @Test("A header of version 2 that is not valid is refused")
  func invalidBinaryIsRefused() {
    let four = ProxyHeaderTests.four
    let headers = [
      v2(0x11, 0x11, four), v2(0x22, 0x11, four), v2(0x2f, 0x11, four),  // version or command
      v2(0x21, 0x12, four), v2(0x21, 0x31, four), v2(0x21, 0x10, four), v2(0x21, 0xf1, four),
      v2(0x21, 0x11, Array(four.dropLast())), v2(0x21, 0x21, four), v2(0x21, 0x11, []),
      v2(0x21, 0x11, [], length: 521), v2(0x20, 0x00, [], length: 65_535),
      Array(ProxyHeaderTests.signature.dropLast()) + [11],
    ]
    for header in headers {
      #expect(throws: ProxyHeader.Malformed.self, "\(header)") { try read(header) }
    }
  }
}
