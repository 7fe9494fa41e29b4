import Glibc

/// A network of IP addresses in CIDR notation (RFC 4632), such as `10.0.0.0/8`. An address alone is
/// a network of one.
///
/// An IPv4 address that is mapped into IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 address.
package struct Network: Hashable, Sendable, CustomStringConvertible {
  /// The bytes of the first address: 4 or 16.
  private let bytes: [UInt8]
  /// The number of leading bits that all addresses share.
  private let bits: Int
  package let description: String

  /// Returns nil if the text is not a network: the address is invalid, the number of bits is too
  /// large, or a bit behind them is set.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let bytes = Network.bytes(String(parts[0])) else { return nil }
    let bits = parts.count == 2 ? Network.number(parts[1]) : bytes.count * 8
    guard let bits, bits <= bytes.count * 8 else { return nil }
    self.bytes = bytes
    self.bits = bits
    description = text
    guard Network.masked(bytes, to: bits) == bytes else { return nil }
  }

  /// Parses networks with commas between them. Returns nil if one is invalid, or if there is none.
  package static func list(_ text: String) -> [Network]? {
    let networks = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { Network(String($0)) }
    return networks.contains(nil) ? nil : networks.compactMap(\.self)
  }

  /// True if the address, without a port, is in the network. An invalid address is in none.
  package func contains(_ address: String) -> Bool {
    guard let other = Network.bytes(address), other.count == bytes.count else { return false }
    return Network.masked(other, to: bits) == bytes
  }

  /// True if the text is an IP address.
  package static func isAddress(_ text: String) -> Bool { bytes(text) != nil }

  private static func number(_ text: Substring) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return Int(text)
  }

  private static func masked(_ bytes: [UInt8], to bits: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(max(bits - index * 8, 0), 8)
      return byte & UInt8(truncatingIfNeeded: 0xff00 >> kept)
    }
  }

  /// Returns the 4 or 16 bytes of an address (inet_pton(3)); nil if it is invalid.
  private static func bytes(_ text: String) -> [UInt8]? {
    // A link-local address may name its interface: fe80::1%eth0.
    let plain = String(text.prefix { $0 != "%" })
    var four = in_addr()
    if inet_pton(AF_INET, plain, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
    var six = in6_addr()
    guard inet_pton(AF_INET6, plain, &six) == 1 else { return nil }
    let bytes = withUnsafeBytes(of: six) { Array($0) }
    let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] & bytes[11] == 0xff
    return isMapped ? Array(bytes[12...]) : bytes
  }
}
