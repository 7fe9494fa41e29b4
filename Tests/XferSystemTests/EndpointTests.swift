import Testing
import XferSystem

@Suite("An endpoint is a host and a port")
struct EndpointTests {
  @Test(
    "A host and a port are parsed in every usual notation",
    arguments: [
      ("10.0.0.7:5005", "10.0.0.7", 5005), ("backup.example:1", "backup.example", 1),
      ("[::]:5005", "::", 5005), ("[fe80::1]:65535", "fe80::1", 65535), (":5005", "::", 5005),
      ("[]:80", "::", 80), ("localhost:0", "localhost", 0),
    ] as [(String, String, UInt16)])
  func hostAndPortParse(_ text: String, _ host: String, _ port: UInt16) throws {
    let endpoint = try #require(Endpoint(text))
    #expect(endpoint.host == host)
    #expect(endpoint.port == port)
    #expect(Endpoint(endpoint.description) == endpoint)
  }

  @Test(
    "A missing port gets the default port, or is refused without a default",
    arguments: [
      ("backup.example", "backup.example"), ("10.0.0.7", "10.0.0.7"), ("[::1]", "::1"),
      ("::1", "::1"), ("2001:db8::7", "2001:db8::7"), ("host:", "host"),
    ])
  func missingPortIsDefault(_ text: String, _ host: String) {
    #expect(Endpoint(text, defaultPort: 5005) == Endpoint(host: host, port: 5005))
    #expect(Endpoint(text) == nil)
  }

  @Test(
    "An endpoint with an invalid host or port is refused",
    arguments: ["", "[::1", "[::1]5005", "host:65536", "host:-1", "host:port", "host: 5005"])
  func invalidEndpointIsRefused(_ text: String) {
    #expect(Endpoint(text, defaultPort: 5005) == nil)
  }

  @Test("An IPv6 host is printed in brackets")
  func ipv6HostIsPrintedInBrackets() {
    #expect(Endpoint(host: "::1", port: 5005).description == "[::1]:5005")
    #expect(Endpoint(host: "10.0.0.7", port: 1).description == "10.0.0.7:1")
  }

  @Test("A numeric host resolves to the same address")
  func numericHostResolvesToItself() throws {
    let address = try #require(try Endpoint(host: "127.0.0.1", port: 5005).resolve().first)
    #expect(address.description == "127.0.0.1:5005")
    #expect(!address.isIPv6)
    #expect(try Endpoint(host: "::1", port: 5005).resolve().map(\.description) == ["[::1]:5005"])
  }

  @Test("The error for an unknown host names the host")
  func unknownHostErrorNamesHost() {
    let error = #expect(throws: UnknownHost.self) { try Endpoint(host: "a b", port: 1).resolve() }
    #expect(error?.host == "a b")
  }
}
