import SystemPackage
import XferProtocol
import XferSystem

/// Reads the PROXY header of a connection from a trusted proxy, and no byte behind it.
struct ProxyReader {
  let connection: FileDescriptor
  /// The time in which the header must be complete.
  let timeout: Duration
  let ending: StopSignal

  /// Returns the address of the client if the peer is one of the trusted proxies, else that of the
  /// peer. An invalid header is returned as a failure, so that it can be counted and logged.
  func clientBehind(
    _ peer: SocketAddress, ifIn trusted: [Network]
  ) throws -> (SocketAddress, PeerFailure?) {
    guard trusted.contains(where: { $0.contains(peer.host) }) else { return (peer, nil) }
    do {
      return (try client(of: peer), nil)
    } catch let failure as PeerFailure {
      return (peer, failure)
    }
  }

  /// Returns the address of the client. It is that of the proxy if the connection is the proxy's
  /// own. Throws if there is no valid header.
  func client(of proxy: SocketAddress) throws -> SocketAddress {
    switch try header() {
    case .client(let address): return address
    case .proxy: return proxy
    }
  }

  private func header() throws -> ProxyHeader {
    let end = MonotonicTime.now + timeout
    var bytes: [UInt8] = []
    while true {
      switch try parse(bytes) {
      case .header(let header): return header
      case .needs(let count): bytes += try receive(atMost: count, until: end)
      }
    }
  }

  private func parse(_ bytes: [UInt8]) throws(PeerFailure) -> ProxyHeader.Parsed {
    do {
      return try ProxyHeader.parse(bytes)
    } catch {
      throw PeerFailure(.malformed, "a trusted proxy sent no valid PROXY header: \(error)")
    }
  }

  private func receive(atMost count: Int, until end: MonotonicTime) throws -> [UInt8] {
    guard end.remaining > .zero else {
      throw PeerFailure(
        .timeout, "no whole PROXY header came in \(timeout.wholeSeconds) seconds")
    }
    var set = PollSet()
    let peer = set.add(connection, .read)
    _ = set.add(ending.signals.descriptor, .read)
    try set.wait(milliseconds: end.remaining.milliseconds)
    try ending.check()
    return set.isReadable(peer) ? try receive(atMost: count) : []
  }

  private func receive(atMost count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    switch try? bytes.withUnsafeMutableBytes({ try connection.receive(into: $0) }) {
    case .bytes(let count): return Array(bytes.prefix(count))
    case .nothing: return []
    case .end, nil: throw PeerFailure(.cut, "the connection ended before its PROXY header")
    }
  }
}
