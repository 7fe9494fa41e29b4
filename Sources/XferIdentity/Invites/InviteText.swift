import FoundationEssentials
import XferProtocol
import XferSystem

/// The one line that a person carries from the receiver to a client: version, addresses, the
/// receiver's pin, and a secret.
///
///     xfer1/backup.example:5005,10.0.0.5:5005/PIN/ID-SECRET
///
/// PIN is the pin in base64url (RFC 4648 section 5). ID and SECRET are hexadecimal digits. The text
/// needs no quotes in a shell.
package struct InviteText: Equatable, Sendable, CustomStringConvertible {
  private static let version = "xfer1"
  /// The largest length of a text that is parsed, in bytes.
  private static let longest = 2048

  /// The addresses of the receiver, in the order in which to try them.
  package let addresses: [Endpoint]
  /// The identity of the receiver's key.
  package let receiver: Pin
  /// The invite.
  package let id: InviteID
  /// The secret.
  package let secret: InviteSecret

  /// Creates a text for the addresses, of which there must be one.
  package init(addresses: [Endpoint], receiver: Pin, id: InviteID, secret: InviteSecret) {
    self.addresses = addresses
    self.receiver = receiver
    self.id = id
    self.secret = secret
  }

  /// Parses the line. Throws `BadInvite`.
  package init(_ text: String, defaultPort: UInt16) throws(BadInvite) {
    guard text.utf8.count <= InviteText.longest else { throw .malformed }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts[0] == InviteText.version else {
      throw parts[0].hasPrefix("xfer") && parts.count > 1 ? .version(parts[0]) : .malformed
    }
    guard parts.count == 4 else { throw .malformed }
    let addresses = parts[1].split(separator: ",", omittingEmptySubsequences: false)
      .map { Endpoint(String($0), defaultPort: defaultPort) }
    let ends = parts[3].split(separator: "-", omittingEmptySubsequences: false)
    guard !addresses.contains(where: { ($0?.port ?? 0) == 0 }),
      let receiver = InviteText.pin(parts[2]),
      ends.count == 2, let id = InviteID(ends[0]), let secret = InviteSecret(ends[1])
    else { throw .malformed }
    self.init(
      addresses: addresses.compactMap(\.self), receiver: receiver, id: id, secret: secret)
    // The ports that were left out make it longer. It must be readable when it is passed on.
    guard description.utf8.count <= InviteText.longest else { throw .malformed }
  }

  package var description: String {
    let pin = Data(receiver.bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    let hosts = addresses.map(\.description).joined(separator: ",")
    return [InviteText.version, hosts, pin, "\(id)-\(secret.text)"].joined(separator: "/")
  }

  private static func pin(_ text: String) -> Pin? {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/") + "="
    return Data(base64Encoded: base64).flatMap { Pin(bytes: $0) }
  }
}

/// A text that is not an invite.
package enum BadInvite: Error, CustomStringConvertible, Sendable {
  /// It is an invite of another version.
  case version(String)
  /// It is incomplete, or not an invite at all.
  case malformed

  /// A message for a person.
  package var description: String {
    switch self {
    case .version(let version):
      "the invite is of another version (\(version)); this program reads xfer1"
    case .malformed:
      "this is not a whole invite; it is one line that begins with xfer1/, "
        + "as \"xferd invite\" prints it"
    }
  }
}
