import NIOCore
import Testing

@testable import XferStats

@Suite("The stats process bounds the connections and questions of each address")
struct AddressAdmissionTests {
  private let admission = AddressAdmission(most: 2)

  @Test("An address gets as many places as the bound, and others keep theirs")
  func placesOfAddressAreBounded() throws {
    let (first, second) = (try address("127.0.0.2"), try address("127.0.0.3"))
    #expect(admission.enter(first))
    #expect(admission.enter(first))
    #expect(!admission.enter(first))
    #expect(admission.enter(second))
  }

  @Test("The port of an address does not matter")
  func portDoesNotMatter() throws {
    for port in [1, 2] {
      let entered = admission.enter(try SocketAddress(ipAddress: "127.0.0.2", port: port))
      #expect(entered)
    }
    let entered = admission.enter(try SocketAddress(ipAddress: "127.0.0.2", port: 3))
    #expect(!entered)
  }

  @Test("A connection that ends frees its place")
  func endedConnectionFreesPlace() throws {
    let address = try address("127.0.0.2")
    #expect(admission.enter(address))
    #expect(admission.enter(address))
    admission.leave(AddressAdmission.key(address))
    #expect(admission.enter(address))
    #expect(!admission.enter(address))
  }

  @Test("An end without a connection adds no place")
  func endWithoutConnectionAddsNoPlace() throws {
    let address = try address("127.0.0.2")
    admission.leave(AddressAdmission.key(address))
    #expect(admission.enter(address))
    #expect(admission.enter(address))
    #expect(!admission.enter(address))
  }

  @Test(
    "Addresses of one IPv6 network of 64 bits count as one",
    arguments: [
      ("2001:db8::1", "2001:db8::2", true), ("2001:db8::1", "2001:db8::ffff:ffff:ffff:1", true),
      ("2001:db8:0:1::1", "2001:db8:0:2::1", false), ("2001:db8::1", "2001:db9::1", false),
    ])
  func ipv6NetworkCountsAsOne(_ left: String, _ right: String, _ isSame: Bool) throws {
    let keys = (try key(of: left), try key(of: right))
    #expect((keys.0 == keys.1) == isSame)
  }

  @Test("IPv4 addresses that are mapped into IPv6 count one by one")
  func mappedIPv4AddressesAreSeparate() throws {
    let keys = [try key(of: "::ffff:127.0.0.2"), try key(of: "::ffff:127.0.0.3")]
    #expect(keys[0] != keys[1])
    #expect(try keys[0] == key(of: "::ffff:127.0.0.2"))
  }

  @Test("Connections without an address count as one address")
  func missingAddressCountsAsOne() {
    #expect(admission.enter(nil))
    #expect(admission.enter(nil))
    #expect(!admission.enter(nil))
  }

  @Test("A place is free again after its holder has left it")
  func placeIsFreeAfterLeave() throws {
    let address = try address("127.0.0.2")
    let places = [admission.place(for: address), admission.place(for: address)]
    #expect(places.allSatisfy { $0 != nil })
    #expect(admission.place(for: address) == nil)
    places[0]?.leave()
    #expect(admission.enter(address))
    withExtendedLifetime(places) {}
  }

  @Test("A place that is left twice frees one place alone")
  func placeIsLeftOnce() throws {
    let address = try address("127.0.0.2")
    let places = [admission.place(for: address), admission.place(for: address)]
    places[0]?.leave()
    places[0]?.leave()
    #expect(admission.enter(address))
    #expect(!admission.enter(address))
    withExtendedLifetime(places) {}
  }

  @Test("A place is free again when it is released")
  func releasedPlaceIsFree() throws {
    let address = try address("127.0.0.2")
    takeAllPlaces(of: address)
    #expect(admission.enter(address))
    #expect(admission.enter(address))
  }

  /// Takes both places of an address, and releases them at its end.
  private func takeAllPlaces(of address: SocketAddress) {
    let places = [admission.place(for: address), admission.place(for: address)]
    #expect(!admission.enter(address))
    withExtendedLifetime(places) {}
  }

  private func address(_ host: String) throws -> SocketAddress {
    try SocketAddress(ipAddress: host, port: 1)
  }

  private func key(of host: String) throws -> String { AddressAdmission.key(try address(host)) }
}
