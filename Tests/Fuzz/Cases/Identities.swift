import SwiftASN1
import X509
import XferIdentity
import XferProtocol
import XferSystem

/// An invite, which a person may have copied from anywhere.
enum Invites {
  static func check(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let invite = try? InviteText(text, defaultPort: 5005) else { return }
    let again = try? InviteText(invite.description, defaultPort: 1)
    try expect(again == invite, "\(invite) is another one when it is read again")
  }
}

/// A fingerprint.
enum Pins {
  static func check(_ bytes: [UInt8]) throws {
    guard let pin = Pin(String(decoding: bytes, as: UTF8.self)) else { return }
    try expect(Pin(pin.description) == pin && Pin(pin.hex) == pin, "\(pin) is another one")
  }
}

/// The list of clients. The search that a session makes finds the clients of the list, and no other.
enum Clients {
  static func check(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    let (list, search) = (ClientList([FileLine](file: bytes)), ClientSearch(bytes))
    for client in list.clients {
      let again = try? EnrolledClient(line: client.line)
      try expect(again == client, "\(client.line) is another client when it is read again")
    }
    for word in text.unicodeScalars.split(whereSeparator: { " \t\r\n".unicodeScalars.contains($0) })
    {
      if let pin = Pin(String(word)) {
        let found = (try? search.client(with: pin)) ?? nil
        let listed = list.client(with: pin)
        try expect(found == listed, "\(word): \(String(describing: found?.line)) is found")
      }
      if let name = ClientName(String(word)) { try check(name, list, search) }
    }
  }

  /// A name is only found if its line has no key.
  private static func check(_ name: ClientName, _ list: ClientList, _ search: ClientSearch) throws {
    let listed = list.client(named: name)
    let found = (try? search.client(named: name)) ?? nil
    try expect(
      found == (listed?.pin == nil ? listed : nil), "\(name): \(String(describing: found)) is found"
    )
  }
}

/// A certificate of a stranger, and the names in it.
enum Certificates {
  static func check(_ bytes: [UInt8]) throws {
    guard let pin = try? Pin(certificate: bytes) else { return }
    try expect((try? Pin(certificate: bytes)) == pin, "two pins of one certificate")
    let certificate = try Certificate(derEncoded: bytes)
    _ = try? certificate.extensions.subjectAlternativeNames
    _ = certificate.subject.description
  }
}
