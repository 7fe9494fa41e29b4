import Testing
import XferSystem

@Suite("The limit of an address counts networks")
struct NetworkTests {
  @Test(
    "The network of an IPv4 address is the address, and of an IPv6 address its /64",
    arguments: [
      ("127.0.0.2", "127.0.0.2"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
      ("2001:db8:1:2::1", "2001:db8:1:2::/64"), ("::1", "::/64"), ("::ffff:10.0.0.1", "10.0.0.1"),
    ])
  func networkIsAddressOrIPv6Prefix(_ host: String, _ network: String) throws {
    let address = try #require(try Endpoint(host: host, port: 1).resolve().first)
    #expect(address.network == network)
  }
}
