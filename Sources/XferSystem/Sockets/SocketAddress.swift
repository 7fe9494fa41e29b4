import Glibc
import SystemPackage

/// An IPv4 or IPv6 address with a port. An IPv4-mapped IPv6 address is shown as IPv4.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// The address without the port: `127.0.0.2`, `fe80::1`.
  package let host: String
  /// The port, in host byte order.
  package let port: UInt16
  /// True if the address belongs to an IPv6 socket, an IPv4-mapped one included.
  package let isIPv6: Bool
  private let raw: [UInt8]

  init?(_ storage: sockaddr_storage) {
    var storage = storage
    let length =
      Int32(storage.ss_family) == AF_INET6
      ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    guard let (host, port) = SocketAddress.text(of: &storage) else { return nil }
    self.host = host.hasPrefix("::ffff:") && host.contains(".") ? String(host.dropFirst(7)) : host
    self.port = port
    self.isIPv6 = Int32(storage.ss_family) == AF_INET6
    self.raw = withUnsafeBytes(of: &storage) { Array($0.prefix(length)) }
  }

  /// Parses a numeric address without a scope (inet_pton(3)). Returns nil if it is not one.
  package init?(numeric text: String, port: UInt16) {
    var four = in_addr()
    var six = in6_addr()
    guard !text.utf8.contains(0) else { return nil }  // a string of C would end there
    if inet_pton(AF_INET, text, &four) == 1 {
      self.init(bytes: withUnsafeBytes(of: four) { Array($0) }, port: port)
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      self.init(bytes: withUnsafeBytes(of: six) { Array($0) }, port: port)
    } else {
      return nil
    }
  }

  /// Creates an address of 4 or 16 bytes in network order. Returns nil for any other number.
  package init?(bytes: [UInt8], port: UInt16) {
    guard [4, 16].contains(bytes.count) else { return nil }
    var storage = sockaddr_storage()
    let isIPv6 = bytes.count == 16
    storage.ss_family = sa_family_t(isIPv6 ? AF_INET6 : AF_INET)
    withUnsafeMutableBytes(of: &storage) { raw in
      raw.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      // Behind the port an IPv6 address has its flow label (ipv6(7)).
      UnsafeMutableRawBufferPointer(rebasing: raw[(isIPv6 ? 8 : 4)...]).copyBytes(from: bytes)
    }
    self.init(storage)
  }

  /// The network that counts as one client: the IPv4 address, or the first 64 bits of an IPv6
  /// address, because a single host may use all addresses of such a network (RFC 6177).
  package var network: String {
    guard isIPv6, host.contains(":") else { return host }
    // The address follows the family, the port and the flow label (ipv6(7)).
    var bytes = Array(raw[8..<16]) + [UInt8](repeating: 0, count: 8)
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
    let prefix = String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return prefix + "/64"
  }

  /// The network of an address without a port; the text itself if it is not an address.
  package static func network(of host: String) -> String {
    SocketAddress(numeric: host, port: 0)?.network ?? host
  }

  /// The address as text, with an IPv6 host in brackets (RFC 3986 section 3.2.2).
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    raw.withUnsafeBytes {
      body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
  }

  private static func text(of storage: inout sockaddr_storage) -> (String, UInt16)? {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    return withUnsafePointer(to: &storage) { pointer -> (String, UInt16)? in
      let bytes = UnsafeRawPointer(pointer)
      let port = bytes.load(fromByteOffset: 2, as: UInt16.self).bigEndian
      switch Int32(pointer.pointee.ss_family) {
      case AF_INET: inet_ntop(AF_INET, bytes + 4, &text, socklen_t(text.count))
      case AF_INET6: inet_ntop(AF_INET6, bytes + 8, &text, socklen_t(text.count))
      default: return nil
      }
      return (
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self), port
      )
    }
  }

  /// Returns the address that a call such as getsockname(2) fills in. Returns nil if the call
  /// fails.
  static func read(
    _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
    }
    return result == 0 ? SocketAddress(storage) : nil
  }
}

extension FileDescriptor {
  /// The address of the peer of a TCP socket (getpeername(2)); nil if it is not connected.
  package var peerAddress: SocketAddress? {
    SocketAddress.read { getpeername(rawValue, $0, $1) }
  }
}
