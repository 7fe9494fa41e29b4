/// A message that only the enrolment of a client has. The numbers are of the same row as those of
/// `ClientMessage` and `ReceiverMessage`.
package enum JoinMessage: Equatable, Sendable {
  /// From the client: the proof that it has the secret of the invite.
  case proof([UInt8])
  /// From the receiver: its random bytes, which the proof must cover.
  case challenge(nonce: [UInt8])
  /// From the receiver: the client is enrolled under this name.
  case enrolled(name: String)

  /// The bytes of a proof.
  package static let proofSize = 32

  /// The wire numbers of the messages. They never change.
  private enum Number: UInt8 {
    case proof = 7
    case challenge = 138
    case enrolled = 139
  }

  /// Returns nil if the frame is another message. Throws if it is malformed.
  package init?(_ frame: Frame) throws(WireError) {
    guard let number = Number(rawValue: frame.type) else { return nil }
    self = try frame.decode { (reader) throws(WireError) in
      switch number {
      case .proof: .proof(Array(try reader.take(JoinMessage.proofSize)))
      case .challenge: .challenge(nonce: Array(try reader.take(JoinRequest.nonceSize)))
      case .enrolled: .enrolled(name: try reader.peerText())
      }
    }
  }

  /// Appends the message as one frame.
  package func encode(into writer: inout WireWriter) {
    switch self {
    case .proof(let bytes): writer.frame(Number.proof) { $0.write(raw: bytes) }
    case .challenge(let nonce): writer.frame(Number.challenge) { $0.write(raw: nonce) }
    case .enrolled(let name): writer.frame(Number.enrolled) { $0.write(name) }
    }
  }
}
