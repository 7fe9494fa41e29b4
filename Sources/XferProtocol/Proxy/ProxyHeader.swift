import XferSystem

/// The header that a proxy or balancer puts in front of a connection to pass on the address of the
/// client: the PROXY protocol, versions 1 and 2
/// (https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt, section 2).
///
/// The parser reads no byte behind the header, because that belongs to another protocol.
package enum ProxyHeader: Equatable, Sendable {
  /// The connection is for the client with this address.
  case client(SocketAddress)
  /// The connection is for the proxy itself, such as a check of health (`LOCAL`), or for a client
  /// of which it says nothing (`UNKNOWN`).
  case proxy

  /// The result of parsing the bytes so far.
  package enum Parsed: Equatable, Sendable {
    /// The header is whole.
    case header(ProxyHeader)
    /// The header is not whole. At least this many bytes of it follow.
    case needs(Int)
  }

  /// The error of bytes that are no header.
  package struct Malformed: Error, Equatable, CustomStringConvertible {
    /// The reason.
    package let description: String
  }

  /// Parses the bytes so far, which are at most one header. Throws as soon as they cannot become a
  /// header.
  package static func parse(_ bytes: [UInt8]) throws(Malformed) -> Parsed {
    if bytes.starts(with: ProxyHeaderV2.signature.prefix(bytes.count)) {
      guard bytes.count >= ProxyHeaderV2.signature.count else {
        return .needs(ProxyHeaderV2.signature.count - bytes.count)
      }
      return try ProxyHeaderV2.parse(bytes)
    }
    return try ProxyHeaderV1.parse(bytes)
  }
}
