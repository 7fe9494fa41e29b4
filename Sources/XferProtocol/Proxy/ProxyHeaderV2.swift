import XferSystem

/// Version 2: a signature, the command, the family, a length, and as many bytes: two addresses, two
/// ports, and values (TLV) that this receiver does not need.
enum ProxyHeaderV2 {
  static let signature: [UInt8] = [
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
  ]
  /// The length of the part before the addresses, in bytes.
  private static let fixed = 16
  /// The largest header in bytes.
  static let most = 536

  private enum Command: UInt8 { case local = 0x20, proxy = 0x21 }
  /// The families, with TCP where there is a transport.
  private enum Family: UInt8 { case unspecified = 0x00, tcp4 = 0x11, tcp6 = 0x21 }

  static func parse(_ bytes: [UInt8]) throws(ProxyHeader.Malformed) -> ProxyHeader.Parsed {
    guard bytes.count >= fixed else { return .needs(fixed - bytes.count) }
    guard let command = Command(rawValue: bytes[12]) else {
      throw ProxyHeader.Malformed(description: "the version or the command is unknown")
    }
    let length = Int(bytes[14]) << 8 | Int(bytes[15])
    guard fixed + length <= most else {
      throw ProxyHeader.Malformed(description: "the header is longer than \(most) bytes")
    }
    guard bytes.count >= fixed + length else { return .needs(fixed + length - bytes.count) }
    guard command == .proxy else { return .header(.proxy) }
    return .header(try header(family: bytes[13], Array(bytes[fixed..<fixed + length])))
  }

  private static func header(family: UInt8, _ content: [UInt8])
    throws(ProxyHeader.Malformed) -> ProxyHeader
  {
    switch Family(rawValue: family) {
    case .unspecified: return .proxy
    case .tcp4: return .client(try client(content, bytes: 4))
    case .tcp6: return .client(try client(content, bytes: 16))
    case nil:
      throw ProxyHeader.Malformed(description: "the family is neither TCP over IPv4 nor over IPv6")
    }
  }

  /// The order is: address of the client, address of the receiver, port of the client, port of the
  /// receiver.
  private static func client(_ content: [UInt8], bytes: Int)
    throws(ProxyHeader.Malformed) -> SocketAddress
  {
    guard content.count >= 2 * bytes + 4 else {
      throw ProxyHeader.Malformed(description: "the header is too short for its addresses")
    }
    let port = UInt16(content[2 * bytes]) << 8 | UInt16(content[2 * bytes + 1])
    guard let address = SocketAddress(bytes: Array(content[..<bytes]), port: port) else {
      throw ProxyHeader.Malformed(description: "the address is not valid")
    }
    return address
  }
}
