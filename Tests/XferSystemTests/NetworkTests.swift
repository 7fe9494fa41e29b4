import Testing
import XferSystem

@Suite("A network in CIDR notation contains the addresses that begin like it")
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
    #expect(SocketAddress.network(of: host) == network)
  }

  @Test("A numeric address has the same text and network as the one that the kernel reports")
  func numericAddressIsTheSame() throws {
    for host in ["127.0.0.2", "2001:db8:1:2::1", "::1", "::ffff:10.0.0.1"] {
      let numeric = try #require(SocketAddress(numeric: host, port: 7))
      #expect(numeric == (try Endpoint(host: host, port: 7).resolve().first))
    }
    for text in ["", "localhost", "127.1", "1.2.3.4 ", "fe80::1%lo"] {
      #expect(SocketAddress(numeric: text, port: 7) == nil, "\(text)")
    }
  }

  @Test(
    "An address is in a network if the leading bits are equal",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
      ("10.0.0.128/25", "10.0.0.129", true), ("10.0.0.128/25", "10.0.0.127", false),
      ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
      ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
      ("192.0.2.1", "::ffff:192.0.2.1", true), ("::ffff:192.0.2.1", "192.0.2.1", true),
      ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
      ("fe80::/10", "fe80::1%eth0", true), ("::/0", "192.0.2.1", false),
      ("10.0.0.0/8", "not an address", false), ("10.0.0.0/8", "", false),
    ])
  func networkContainsAddress(_ text: String, _ address: String, _ isInside: Bool) throws {
    let network = try #require(Network(text))
    #expect(network.contains(address) == isInside)
    #expect(network.description == text)
  }

  @Test(
    "A text that is no network is refused",
    arguments: [
      "", "/", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.1/8", "10.0.0.0/-1", "10.0.0.0/ 8",
      "10.0.0.0/8/8", "10.0.0/8", "localhost", "10.0.0.0/0008", "2001:db8::1/64", " 10.0.0.1",
    ])
  func invalidTextIsRefused(_ text: String) {
    #expect(Network(text) == nil)
  }

  @Test("A list has commas between its networks and no empty one")
  func listHasCommas() {
    #expect(Network.list("10.0.0.0/8,::1")?.map(\.description) == ["10.0.0.0/8", "::1"])
    for text in ["", ",", "10.0.0.0/8,", "10.0.0.0/8,,::1", "10.0.0.0/8 ::1"] {
      #expect(Network.list(text) == nil, "\(text)")
    }
  }
}
