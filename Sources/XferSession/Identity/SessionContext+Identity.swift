import Logging
import XferIdentity
import XferProtocol

extension SessionContext {
  /// The context of a client that is enrolled.
  func identified(as client: EnrolledClient) -> SessionContext {
    var log = log
    log[metadataKey: "client"] = "\(client.name)"
    log[metadataKey: "address"] = "\(self.client.address)"
    // A client that an authority has named may have no line.
    let hasLine = client.pin != nil || client.rights != Rights()
    slot.note(grant: hasLine ? client.grant : 0)
    return SessionContext(
      client: Client(address: self.client.address, name: client.name.text), rights: client.rights,
      options: options, board: board, slot: slot, log: log, recorder: recorder, answers: answers,
      ending: ending)
  }

  /// The context of a command on the receiver's own host. It may read everything and send nothing.
  var ofThisHost: SessionContext {
    var rights = Rights.unlimited
    rights.maySend = false
    return SessionContext(
      client: client, rights: rights, options: options, board: board, slot: slot, log: log,
      recorder: recorder, answers: answers,
      ending: ending)
  }
}

extension Refusal {
  /// The refusal of a client that shows no key where one is required.
  static let identityRequired = Refusal(
    .notAllowed,
    "this receiver serves enrolled clients over TLS only; ask its operator for an invite, and run "
      + "\"xferctl join INVITE\"")
}
