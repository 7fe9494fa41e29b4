import Glibc

/// A host and a port, written as `[::]:5005`, `10.0.0.7:5005` or `backup.example:5005`.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// A name or an address, an IPv6 address without its brackets.
  package let host: String
  /// The port. 0 lets the kernel choose one.
  package let port: UInt16

  /// Creates an endpoint. An IPv6 host has no brackets.
  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Parses `HOST:PORT`, `[HOST]:PORT`, `:PORT`, and a `HOST` alone if there is a default port.
  /// Returns nil if the text has none of these forms.
  package init?(_ text: String, defaultPort: UInt16? = nil) {
    guard let (host, port) = Endpoint.split(text) else { return nil }
    guard let number = port.isEmpty ? defaultPort : UInt16(port) else { return nil }
    self.init(host: host.isEmpty ? "::" : host, port: number)
  }

  /// The endpoint as text, with an IPv6 host in brackets (RFC 3986 section 3.2.2).
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  private static func split(_ text: String) -> (host: String, port: String)? {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      let host = String(text[text.index(after: text.startIndex)..<end])
      let rest = text[text.index(after: end)...]
      return rest.isEmpty || rest.hasPrefix(":") ? (host, String(rest.dropFirst())) : nil
    }
    let colons = text.filter { $0 == ":" }.count
    if colons > 1 {  // a bare IPv6 address
      return text.contains(where: { "[]".contains($0) }) ? nil : (text, "")
    }
    guard let colon = text.firstIndex(of: ":") else { return text.isEmpty ? nil : (text, "") }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }

  /// Resolves the host to its addresses, in the order in which to try them (getaddrinfo(3), RFC
  /// 6724).
  ///
  /// `passive` asks for addresses to bind. Throws `UnknownHost`.
  package func resolve(passive: Bool = false) throws -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = passive ? AI_PASSIVE : 0
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else {
      let why = String(cString: gai_strerror(code)).lowercased()
      throw UnknownHost(host: host, why: why, isPassing: code == EAI_AGAIN)
    }
    defer { freeaddrinfo(list) }
    return sequence(first: list!) { $0.pointee.ai_next }.compactMap(Endpoint.address)
  }

  private static func address(_ entry: UnsafeMutablePointer<addrinfo>) -> SocketAddress? {
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(
        from: UnsafeRawBufferPointer(
          start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen)))
    }
    return SocketAddress(storage)
  }
}

extension SocketAddress {
  /// True if an interface has an IPv6 address (AI_ADDRCONFIG in getaddrinfo(3)). Without one, `::`
  /// cannot be resolved.
  package static var hasIPv6: Bool {
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo("::", nil, nil, &list) == 0 else { return false }
    freeaddrinfo(list)
    return true
  }
}
