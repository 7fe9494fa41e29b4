import Testing
import XferProtocol
import XferSystem

@testable import XferIdentity

@Suite("The text of an invite")
struct InviteTextTests {
  private let text = InviteText(
    addresses: [
      Endpoint(host: "backup.example", port: 5005), Endpoint(host: "fd00::1", port: 6000),
    ],
    receiver: Pin(bytes: (0..<32).map { 255 - $0 })!, id: InviteID(), secret: InviteSecret())

  @Test("It is read as it was written, and needs no quotes in a shell")
  func roundTrip() throws {
    #expect(try InviteText("\(text)", defaultPort: 1) == text)
    #expect("\(text)".utf8.allSatisfy { !" \"'$&;|<>()`\\*?#~!=".utf8.contains($0) }, "\(text)")
  }

  @Test("The secret is not in the id, and two invites share nothing")
  func secretsDiffer() {
    #expect(InviteID() != InviteID())
    #expect(InviteSecret() != InviteSecret())
    #expect(InviteSecret().key != InviteSecret().key)
  }

  @Test("A text that is cut at any byte, or longer, is refused as not whole")
  func cutText() {
    let whole = "\(text)"
    for count in 0..<whole.utf8.count {
      #expect(throws: BadInvite.self, "\(count)") {
        try InviteText(String(whole.prefix(count)), defaultPort: 5005)
      }
    }
    for more in ["0", "/", "-", " ", "x"] {
      #expect(throws: BadInvite.self) { try InviteText(whole + more, defaultPort: 5005) }
    }
  }

  @Test("A text of another version says so")
  func otherVersion() throws {
    let bad = #expect(throws: BadInvite.self) {
      try InviteText("xfer2" + "\(text)".dropFirst(5), defaultPort: 5005)
    }
    #expect(bad?.description.contains("(xfer2); this program reads xfer1") == true)
  }
}

@Suite("The names that an invite gives")
struct InviteNameTests {
  private func invite(_ name: String, _ options: [String] = []) -> Invite {
    Invite(
      id: InviteID(), key: InviteSecret().key, uses: 5, expiry: .now, name: name, options: options)
  }

  private func names(_ texts: String...) -> Set<ClientName> {
    Set(texts.compactMap { ClientName($0) })
  }

  @Test("A taken name gets the next free number")
  func takenName() throws {
    let cam = invite("cam")
    #expect(try cam.name(forHost: "x", besides: [])?.text == "cam")
    #expect(try cam.name(forHost: "x", besides: names("cam"))?.text == "cam-2")
    #expect(try cam.name(forHost: "x", besides: names("cam", "cam-2", "cam-4"))?.text == "cam-3")
  }

  @Test("A name that a former client had is given if the operator wrote it, and not to a host name")
  func knownName() {
    let known = names("web1", "web1-2", "cam")
    func name(_ template: String, besides taken: Set<ClientName> = []) -> String? {
      invite(template).name(
        forHost: "web1", besides: taken, isKnown: { known.contains($0) })?.text
    }
    #expect(name("{hostname}") == "web1-3")
    #expect(name("{hostname}", besides: names("web1-3")) == "web1-4")
    #expect(name("cam") == "cam")
    #expect(name("web1", besides: names("web1")) == "web1-3")
  }

  @Test("An invite whose names are all taken or too long gives none, and ends")
  func noNameIsFree() throws {
    let longest = String(repeating: "c", count: 63)
    #expect(try invite(longest).name(forHost: "x", besides: names(longest)) == nil)
    let name = invite("{hostname}").name(
      forHost: String(repeating: "h", count: 58), besides: [], isKnown: { $0.text.count < 62 })
    #expect(name?.text.hasSuffix("-100") == true)
  }

  @Test(
    "A host name gives a valid name, whatever is in it",
    arguments: [
      ("web1.example", "web1.example"), ("a b/c", "a-b-c"), ("../../etc", "etc"), ("-x", "x"),
      ("10.0.0.1", "10.0.0.1-2"), ("grüße", "gr--e"), ("x=y z", "x-y-z"), ("a\nb c", "a-b-c"),
      (String(repeating: "h", count: 255), String(repeating: "h", count: 58)),
    ])
  func hostName(_ host: String, _ name: String) throws {
    #expect(try invite("{hostname}").name(forHost: host, besides: [])?.text == name)
  }

  @Test("A host name without a letter or digit gives no name", arguments: ["", "...", "ß", "///"])
  func noName(_ host: String) throws {
    #expect(try invite("{hostname}").name(forHost: host, besides: []) == nil)
  }

  @Test("{name} in an option is the name of the client")
  func nameInOptions() throws {
    let name = try #require(ClientName("web1"))
    let rights = try invite("{hostname}", ["prefix=sites/{name}", "send=no"]).rights(of: name)
    #expect(rights.options == ["prefix=sites/web1", "send=no"])
  }

  @Test("An invite is read as it was written")
  func lineRoundTrips() throws {
    let written = invite("{hostname}", ["prefix={name}"])
    let read = try #require(Invite(line: written.line))
    #expect(read.line == written.line)
    #expect(read.key == written.key)
  }
}

@Suite("The proof of an invite's secret")
struct InviteKeyTests {
  private let key = InviteSecret().key

  private func statement(_ change: Int = -1) -> InviteKey.Statement {
    var parts = (0..<4).map { part in (0..<32).map { UInt8(part * 50 + $0) } }
    var host = "host"
    if change >= 0, change < 128 { parts[change / 32][change % 32] ^= 1 }
    if change == 128 { host = "hosT" }
    if change == 129 { host = "" }
    return InviteKey.Statement(
      receiver: Pin(bytes: parts[0])!, client: Pin(bytes: parts[1])!, clientNonce: parts[2],
      receiverNonce: parts[3], host: host)
  }

  @Test("It is valid for the statement, and for no statement that differs in one byte")
  func proofBindsEachByte() {
    let proof = key.proof(of: statement())
    #expect(key.isValid(proof, of: statement()))
    for change in 0..<130 { #expect(!key.isValid(proof, of: statement(change)), "\(change)") }
  }

  @Test("A changed, cut or longer proof, and that of another secret, are not valid")
  func otherProof() {
    let proof = key.proof(of: statement())
    for index in proof.indices {
      var changed = proof
      changed[index] ^= 0x80
      #expect(!key.isValid(changed, of: statement()))
    }
    for other in [[], Array(proof.dropLast()), proof + [0]] {
      #expect(!key.isValid(other, of: statement()))
    }
    #expect(!key.isValid(InviteSecret().key.proof(of: statement()), of: statement()))
  }
}
