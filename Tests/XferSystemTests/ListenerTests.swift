import SystemPackage
import Testing
import XferSystem

@Suite("A listener binds, accepts and reports addresses")
struct ListenerTests {
  @Test("A listener on [::] shows an IPv4 client by its IPv4 address")
  func ipv4ClientOfDualStackListener() throws {
    let listener = try Listener(Endpoint(host: "::", port: 0))
    defer { try? listener.descriptor.close() }
    let (accepted, peer) = try connection(to: listener, at: "127.0.0.1")
    #expect(peer.host == "127.0.0.1")
    #expect(peer.description == "127.0.0.1:\(peer.port)")
    try accepted.close()
  }

  @Test("A client connects from the source address that it was given")
  func clientBindsRequestedSource() throws {
    let listener = try Listener(Endpoint(host: "127.0.0.1", port: 0))
    defer { try? listener.descriptor.close() }
    let (accepted, peer) = try connection(to: listener, at: "127.0.0.1", from: "127.0.0.3")
    #expect(peer.host == "127.0.0.3")
    try accepted.close()
  }

  @Test("A listener on port 0 binds a free port and reports it")
  func port0BindsFreePort() throws {
    let listeners = try (0..<2).map { _ in try Listener(Endpoint(host: "127.0.0.1", port: 0)) }
    defer { for listener in listeners { try? listener.descriptor.close() } }
    #expect(listeners.allSatisfy { $0.address.port > 0 })
    #expect(listeners[0].address.port != listeners[1].address.port)
  }

  @Test("The error for a port in use names the address")
  func usedPortErrorNamesAddress() throws {
    let first = try Listener(Endpoint(host: "127.0.0.1", port: 0))
    defer { try? first.descriptor.close() }
    let port = first.address.port
    let failure = #expect(throws: SystemFailure.self) {
      try Listener(Endpoint(host: "127.0.0.1", port: port))
    }
    #expect(failure?.errno == .addressInUse)
    #expect(failure?.description.contains("127.0.0.1:\(port)") == true)
  }

  @Test("A listener without a waiting connection returns nil from accept()")
  func acceptWithoutConnectionReturnsNil() throws {
    let listener = try Listener(Endpoint(host: "127.0.0.1", port: 0))
    defer { try? listener.descriptor.close() }
    #expect(try listener.accept() == nil)
  }

  private func connection(
    to listener: Listener, at host: String, from source: String? = nil
  ) throws -> (FileDescriptor, SocketAddress) {
    let target = try Endpoint(host: host, port: listener.address.port).resolve()
    let local = try source.map { try Endpoint(host: $0, port: 0).resolve()[0] }
    let client = try connect(to: target, from: local, timeout: 10_000)
    defer { try? client.close() }
    var set = PollSet()
    _ = set.add(listener.descriptor, .read)
    try set.wait(milliseconds: 10_000)
    return try #require(try listener.accept())
  }
}
