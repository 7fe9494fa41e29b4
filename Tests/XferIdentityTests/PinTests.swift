import Testing
import XferProtocol

@testable import XferIdentity

@Suite("The identity of a key")
struct PinTests {
  private let pair = KeyPair()

  @Test("It is read again from the text that curl takes, and from hexadecimal digits")
  func pinIsReadFromBothTexts() {
    #expect(Pin("\(pair.pin)") == pair.pin)
    #expect(Pin(pair.pin.hex) == pair.pin)
    #expect(Pin(pair.pin.hex.uppercased()) == pair.pin)
    #expect("\(pair.pin)".hasPrefix("sha256//"))
  }

  @Test(
    "Texts that are cut, too long or of other characters are none",
    arguments: [
      "", "sha256//", "sha256//AAAA", "sha256/AAAA", "00", String(repeating: "0", count: 63),
      String(repeating: "0", count: 66), String(repeating: "g", count: 64),
      "sha256//" + String(repeating: "A", count: 44) + "AAAA",
    ])
  func damagedTextIsNoPin(_ text: String) { #expect(Pin(text) == nil) }

  @Test("A certificate has the identity of the key that signed it")
  func certificateHasTheIdentityOfItsKey() throws {
    #expect(try Pin(certificate: pair.certificate(named: "x")) == pair.pin)
  }

  @Test("A key is the same after it was written and read")
  func keyIsReadAgain() throws {
    #expect(try KeyPair(pem: pair.pem).pin == pair.pin)
    #expect(SigningKey(pem: pair.pem)?.pin == pair.pin)
  }
}
