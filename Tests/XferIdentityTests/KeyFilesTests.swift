import Testing
import XferProtocol
import XferSystem

@testable import XferIdentity

@Suite("The files of an identity")
struct KeyFilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func files() throws -> KeyFiles { KeyFiles(try folder.directory()) }

  @Test("They are made once, and only their owner may read the key")
  func madeOnce() throws {
    #expect(try files().read() == nil)
    let first = try files().readOrMake(named: "x")
    #expect(try files().readOrMake(named: "y").certificate == first.certificate)
    #expect(try files().read()?.pair.pin == first.pair.pin)
    #expect(folder.mode(of: "key.pem") == 0o600)
    #expect(try folder.names() == ["key.pem", "certificate.pem"])
  }

  @Test(
    "The identity that clients see is kept until another one is, and a text that is none is named")
  func pinIsKept() throws {
    #expect(try files().keptPin() == nil)
    for pin in [KeyPair().pin, KeyPair().pin] {
      try files().keep(pin)
      #expect(try files().keptPin() == pin)
    }
    #expect(folder.mode(of: "pin") == 0o600)
    try folder.write("no pin\n", to: "pin")
    #expect(throws: UnusableFile.self) { try files().keptPin() }
    let pin = KeyPair().pin
    try files().keep(pin)
    #expect(try files().keptPin() == pin)
  }

  @Test("Programs that make them at once agree")
  func makersAgree() async throws {
    let folder = folder
    let identities = try await withThrowingTaskGroup(of: KeyFiles.Identity.self) { group in
      for _ in 0..<8 {
        group.addTask { try KeyFiles(folder.directory()).readOrMake(named: "x") }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(identities.map(\.pair.pin)).count == 1)
    #expect(Set(identities.map(\.certificate)).count == 1)
    #expect(try Pin(certificate: identities[0].certificate) == identities[0].pair.pin)
  }

  @Test("A certificate that is missing is made of the key again")
  func certificateIsMadeAgain() throws {
    let first = try files().readOrMake(named: "x")
    let other = try TemporaryFolder()
    try other.write(first.pair.pem, to: "key.pem")
    let made = try #require(try KeyFiles(other.directory()).read())
    #expect(made.pair.pin == first.pair.pin)
    #expect(try Pin(certificate: made.certificate) == first.pair.pin)
    #expect(made.certificate != first.certificate)
  }

  @Test("A damaged key is an error that names the file, and is not replaced")
  func damagedKey() throws {
    _ = try files().readOrMake(named: "x")
    let text = String(try folder.text("key.pem").dropFirst(40))
    try folder.write(text, to: "key.pem")
    let error = #expect(throws: UnusableFile.self) { try files().readOrMake(named: "x") }
    #expect(
      error?.description == "\(folder.path)/key.pem: it is not a private key on P-256 in PEM")
    #expect(try folder.text("key.pem") == text)
  }

  @Test("A damaged certificate, and that of another key, are errors that say what to remove")
  func damagedCertificate() throws {
    let other = try TemporaryFolder()
    _ = try KeyFiles(other.directory()).readOrMake(named: "x")
    _ = try files().readOrMake(named: "x")
    for text in ["", "no PEM", try other.text("certificate.pem")] {
      try folder.write(text, to: "certificate.pem")
      let error = #expect(throws: UnusableFile.self) { try files().read() }
      #expect(error?.description.contains("certificate.pem: ") == true)
      #expect(error?.description.contains("remove it") == true)
    }
  }
}

@Suite("The bytes that the receiver's key signs")
struct HandshakeSignatureTests {
  private static let context = "TLS 1.3, server CertificateVerify"

  private func bytes(spaces: Int = 64, context: String = context, zero: UInt8 = 0, hash: Int = 32)
    -> [UInt8]
  {
    [UInt8](repeating: 0x20, count: spaces) + Array(context.utf8) + [zero]
      + [UInt8](repeating: 7, count: hash)
  }

  @Test("A server's CertificateVerify of TLS 1.3 is signed, with both lengths of hashes")
  func handshake() {
    #expect(HandshakeSignature.isOne(bytes(hash: 32)))
    #expect(HandshakeSignature.isOne(bytes(hash: 48)))
  }

  @Test("Nothing else is")
  func others() {
    let client = "TLS 1.3, client CertificateVerify"
    let others = [
      bytes(context: client), bytes(spaces: 63), bytes(spaces: 65), bytes(zero: 1),
      bytes(hash: 0), bytes(hash: 31), bytes(hash: 33), bytes(hash: 47), bytes(hash: 64), [],
      [UInt8](repeating: 0x20, count: 130), bytes(context: ""),
    ]
    for (index, other) in others.enumerated() {
      #expect(!HandshakeSignature.isOne(other), "\(index)")
    }
  }
}
