import Glibc
import XferIdentity
import XferProtocol
import XferSystem

/// Enrols this client at a receiver by an invite.
package struct JoinClient {
  private let invite: InviteText
  private let identity: KeyFiles.Identity
  private let host: String

  /// `host` is the host name to give to the receiver.
  package init(_ invite: InviteText, identity: KeyFiles.Identity, host: String) {
    self.invite = invite
    self.identity = identity
    self.host = host
  }

  /// Returns the name under which the receiver has enrolled this client. Nothing is said before the
  /// receiver has shown the key of the invite.
  ///
  /// Tries again for the time `retryFor` while the receiver cannot be reached or is busy, and calls
  /// `waiting` before each pause. Throws the last `ConnectionFailure`: at once if a retry does not
  /// help, as with another key, or with an invite that is used up.
  package func join(
    retryFor: Duration, waiting: (ConnectionFailure, Duration) -> Void
  ) throws(ConnectionFailure) -> String {
    ignoreSignal(SIGPIPE)
    var retries = Retries(for: retryFor)
    while true {
      do {
        return try join()
      } catch {
        guard error.isTemporary, retries.mayWait else { throw error }
        let pause = retries.pause(after: error)
        waiting(error, pause)
        usleep(UInt32(pause.nanoseconds / 1000))
      }
    }
  }

  private func join() throws(ConnectionFailure) -> String {
    let request = JoinRequest(
      invite: invite.id.bytes, nonce: Random.bytes(JoinRequest.nonceSize), host: host)
    let address = ReceiverAddress(
      servers: invite.addresses, security: .tls(.pin(invite.receiver), identity))
    let connection = try ReceiverConnection(address, agent: "xferctl", join: request)
    do {
      return try prove(request, on: connection)
    } catch {
      throw ConnectionFailure(error)
    }
  }

  private func prove(_ request: JoinRequest, on connection: ReceiverConnection) throws -> String {
    switch try connection.nextJoinMessage() {
    case .challenge(let nonce):
      try connection.send(JoinMessage.proof(proof(request, nonce)))
    case .enrolled, .proof: throw ConnectionFailure.notReceiver("it did not ask for a proof")
    }
    guard case .enrolled(let name) = try connection.nextJoinMessage() else {
      throw ConnectionFailure.notReceiver("it did not enrol this client")
    }
    return name
  }

  private func proof(_ request: JoinRequest, _ nonce: [UInt8]) -> [UInt8] {
    invite.secret.key.proof(
      of: InviteKey.Statement(
        receiver: invite.receiver, client: identity.pair.pin, clientNonce: request.nonce,
        receiverNonce: nonce, host: request.host))
  }
}
