import XferSystem

/// Version 1: a line of text, such as `PROXY TCP4 192.0.2.1 192.0.2.2 56324 5005`, that ends with
/// CR and LF and has at most 107 bytes with them.
enum ProxyHeaderV1 {
  /// The largest header in bytes.
  static let most = 107
  private static let start = Array("PROXY ".utf8)
  private static let unknown = Array("PROXY UNKNOWN".utf8)
  /// The length of the shortest header, `PROXY UNKNOWN` with CR and LF, in bytes.
  private static let least = 15
  private static let end: [UInt8] = [13, 10]

  static func parse(_ bytes: [UInt8]) throws(ProxyHeader.Malformed) -> ProxyHeader.Parsed {
    guard bytes.prefix(start.count).elementsEqual(start.prefix(bytes.count)) else {
      throw ProxyHeader.Malformed(description: "there is no PROXY header")
    }
    guard bytes.count >= least else { return .needs(least - bytes.count) }
    guard bytes.suffix(2).elementsEqual(end) else {
      guard bytes.count < most, !bytes.contains(10) else {
        throw ProxyHeader.Malformed(description: "the line has no end within \(most) bytes")
      }
      return .needs(1)
    }
    return .header(try header(Array(bytes.dropLast(2))))
  }

  private static func header(_ line: [UInt8]) throws(ProxyHeader.Malformed) -> ProxyHeader {
    // Behind UNKNOWN anything may follow, and it must be ignored.
    if line == unknown || line.starts(with: unknown + [32]) { return .proxy }
    let fields = line.split(separator: 32, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count == 6, ["TCP4", "TCP6"].contains(fields[1]),
      let port = port(fields[4]), self.port(fields[5]) != nil,
      let client = address(fields[2], port: port, family: fields[1]),
      address(fields[3], port: 0, family: fields[1]) != nil
    else { throw ProxyHeader.Malformed(description: "the line is not valid") }
    return .client(client)
  }

  private static func address(_ text: String, port: UInt16, family: String) -> SocketAddress? {
    guard text.contains(":") == (family == "TCP6") else { return nil }
    return SocketAddress(numeric: text, port: port)
  }

  /// A port is a decimal number without leading zeros.
  private static func port(_ text: String) -> UInt16? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), text == "0" || !text.hasPrefix("0")
    else { return nil }
    return UInt16(text)
  }
}
