import Testing
import XferSystem

@Suite("Endpoints")
struct EndpointTests {
  @Test(
    "A host and a port are read as people write them",
    arguments: [
      ("10.0.0.7:5005", "10.0.0.7", 5005), ("backup.example:1", "backup.example", 1),
      ("[::]:5005", "::", 5005), ("[fe80::1]:65535", "fe80::1", 65535), (":5005", "::", 5005),
      ("[]:80", "::", 80), ("localhost:0", "localhost", 0),
    ] as [(String, String, UInt16)])
  func hostAndPortAreReadAsPeopleWriteThem(_ text: String, _ host: String, _ port: UInt16) throws {
    let endpoint = try #require(Endpoint(text))
    #expect(endpoint.host == host)
    #expect(endpoint.port == port)
    #expect(Endpoint(endpoint.description) == endpoint)
  }

  @Test(
    "A port that is left out is the default, where there is one",
    arguments: [
      ("backup.example", "backup.example"), ("10.0.0.7", "10.0.0.7"), ("[::1]", "::1"),
      ("::1", "::1"), ("2001:db8::7", "2001:db8::7"), ("host:", "host"),
    ])
  func portThatIsLeftOutIsDefault(_ text: String, _ host: String) {
    #expect(Endpoint(text, defaultPort: 5005) == Endpoint(host: host, port: 5005))
    #expect(Endpoint(text) == nil)
  }

  @Test(
    "Text without a valid host and port is refused",
    arguments: ["", "[::1", "[::1]5005", "host:65536", "host:-1", "host:port", "host: 5005"])
  func textWithoutValidHostAndPortIsRefused(_ text: String) {
    #expect(Endpoint(text, defaultPort: 5005) == nil)
  }

  @Test("An IPv6 host is shown in brackets")
  func ipv6HostIsShownInBrackets() {
    #expect(Endpoint(host: "::1", port: 5005).description == "[::1]:5005")
    #expect(Endpoint(host: "10.0.0.7", port: 1).description == "10.0.0.7:1")
  }

  @Test("A host that is an address is resolved to it")
  func hostThatIsAddressIsResolvedToIt() throws {
    let address = try #require(try Endpoint(host: "127.0.0.1", port: 5005).resolve().first)
    #expect(address.description == "127.0.0.1:5005")
    #expect(!address.isIPv6)
    #expect(try Endpoint(host: "::1", port: 5005).resolve().map(\.description) == ["[::1]:5005"])
  }

  @Test("The error of an unknown host names it")
  func errorOfUnknownHostNamesIt() {
    let error = #expect(throws: UnknownHost.self) { try Endpoint(host: "a b", port: 1).resolve() }
    #expect(error?.host == "a b")
  }
}

@Suite("The network that counts as one peer")
struct NetworkTests {
  @Test(
    "It is the address itself, and of IPv6 its first 64 bits",
    arguments: [
      ("127.0.0.2", "127.0.0.2"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
      ("2001:db8:1:2::1", "2001:db8:1:2::/64"), ("::1", "::/64"), ("::ffff:10.0.0.1", "10.0.0.1"),
    ])
  func itIsAddressItself(_ host: String, _ network: String) throws {
    let address = try #require(try Endpoint(host: host, port: 1).resolve().first)
    #expect(address.network == network)
  }
}
