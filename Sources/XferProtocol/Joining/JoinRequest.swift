/// The wish of a client to be enrolled by an invite: attribute 2 of its greeting. A receiver that
/// does not know the attribute refuses the greeting.
package struct JoinRequest: Equatable, Sendable {
  /// The number of the attribute in the greeting.
  static let attribute: UInt8 = 2
  /// The bytes of the id of an invite.
  package static let inviteSize = 8
  /// The random bytes of each side.
  package static let nonceSize = 32
  /// The largest length of a host name in bytes (RFC 1035 section 2.3.4).
  package static let longestHost = 255

  /// The id of the invite.
  package let invite: [UInt8]
  /// The random bytes of the client.
  package let nonce: [UInt8]
  /// The host name that the client gives. It is a wish and proves nothing.
  package let host: String

  /// Creates a request. The host name is cut to its largest length, and becomes the text that the
  /// receiver reads, because the proof covers it.
  package init(invite: [UInt8], nonce: [UInt8], host: String) {
    self.invite = invite
    self.nonce = nonce
    var scalars = PeerText.sanitized(host).unicodeScalars
    while String(scalars).utf8.count > JoinRequest.longestHost { scalars.removeLast() }
    self.host = String(scalars)
  }

  /// Returns nil if the value of the attribute is not a request.
  init?(_ value: [UInt8]) {
    let start = JoinRequest.inviteSize + JoinRequest.nonceSize
    guard (start...start + JoinRequest.longestHost).contains(value.count),
      let host = String(validating: value[start...], as: UTF8.self)
    else { return nil }
    invite = Array(value[..<JoinRequest.inviteSize])
    nonce = Array(value[JoinRequest.inviteSize..<start])
    self.host = PeerText.sanitized(host)
  }

  /// The value of the attribute.
  var value: [UInt8] { invite + nonce + Array(host.utf8) }
}
