import Logging
import XferIdentity
import XferProtocol

extension SessionContext {
  /// The context of a client that is enrolled.
  func identified(as client: EnrolledClient) -> SessionContext {
    var context = self
    context.identify(client.name.text, rights: client.rights)
    slot.note(grant: client.grant)
    return context
  }

  /// Logs that the same key is in use at two addresses at once. It may have been copied.
  func reportOtherAddress() {
    guard let other = board.otherAddress(of: client), board.mayLogCopiedKey() else { return }
    log.warning(
      "the same key is in use at another address; was it copied to a second machine?",
      metadata: ["other": "\(other)"])
  }

  /// The context of a command on the receiver's own host. It may read everything and send nothing.
  var ofThisHost: SessionContext {
    var rights = Rights.unlimited
    rights.maySend = false
    var context = self
    context.limit(to: rights)
    return context
  }
}

extension Refusal {
  /// The refusal of a client that was looked up in a list which has changed since.
  static let listChanged = Refusal(
    .unavailable, "the list of clients has changed; connect again", retryAfter: 0)

  /// The refusal of a client that shows no key where one is required.
  static let identityRequired = Refusal(
    .notAllowed,
    "this receiver serves enrolled clients over TLS only; ask its operator for an invite, and run "
      + "\"xferctl join INVITE\"")
}
