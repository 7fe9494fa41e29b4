import Logging
import XferIdentity
import XferMetrics
import XferProtocol
import XferSystem

/// Enrols clients by invites, and notes the clients that have none.
///
/// The recorder does this because it is the process that writes the data directory, and because a
/// session, which a peer might take over, must not know the secrets of the invites.
final class Enrolments {
  private let directory: PrivateDirectory
  /// True for the name of a client that the history knows.
  private let isKnown: (String) throws -> Bool
  private let log: Logger
  /// The clients without an invite that are noted: of all networks ten a second, and of one network
  /// ten at once and one a second then, so that one network cannot use up the rate of all.
  private var knocks = RateTable(perSecond: 10, burst: 20)
  private var knocksOfNetworks = RateTable(perSecond: 1, burst: 10)

  init(
    _ directory: PrivateDirectory, isKnown: @escaping (String) throws -> Bool, log: Logger
  ) {
    self.directory = directory
    self.isKnown = isKnown
    self.log = log
  }

  /// Enrols a client and returns its name. A client that is enrolled already keeps its name. Throws
  /// a `Refusal` for the client.
  ///
  /// Receipts wait meanwhile. So it waits for no other program, and an unknown invite, which any
  /// peer can make up, costs no more than a read.
  func enrol(_ enrolment: Enrolment) throws -> ClientName {
    let clients = ClientFile(directory, patience: .zero)
    if let known = try known(enrolment.client, in: clients) { return known.name }
    guard let id = InviteID(bytes: enrolment.request.invite),
      let name = try use(id, { invite in try add(enrolment, by: invite, to: clients) })
    else {
      throw Refusal(.notAllowed, "the invite is unknown, used up or expired; ask for another one")
    }
    try? PendingFile(directory).remove(enrolment.client)
    return name
  }

  /// Runs `body` with an open invite, and takes one of its uses. Returns nil if there is none.
  /// Throws a `Refusal` if another program changes the lists.
  private func use(
    _ id: InviteID, _ body: (Invite) throws -> ClientName
  ) throws -> ClientName? {
    let invites = InviteFile(directory, patience: .zero)
    do {
      return try invites.contains(id) ? try invites.use(id, body) : nil
    } catch let failure as UnusableFile where failure.isBusy {
      throw Refusal(
        .unavailable, "another program is changing the lists of the receiver", retryAfter: 1)
    }
  }

  /// The line of the client, if it is enrolled already. Any peer can ask, so that the other lines
  /// are not parsed.
  private func known(_ pin: Pin, in clients: ClientFile) throws -> EnrolledClient? {
    do {
      return try clients.client(with: pin)
    } catch let bad as BadOption {
      throw Refusal(
        .notAllowed, "the line of this client in the list of clients cannot be used: \(bad)")
    }
  }

  private func add(
    _ enrolment: Enrolment, by invite: Invite, to clients: ClientFile
  ) throws -> ClientName {
    guard invite.key.isValid(enrolment.proof, of: enrolment.statement) else {
      throw Refusal(.notAllowed, "the secret of the invite is wrong; copy the whole line again")
    }
    let taken = try clients.read().takenNames
    guard
      let name = try invite.name(
        forHost: enrolment.request.host, besides: taken, isKnown: { try isKnown($0.text) })
    else {
      throw Refusal(
        .notAllowed, "the invite gives no name to the host \"\(enrolment.request.host)\"")
    }
    let rights = try invite.rights(of: name)
    if let networks = rights.networks,
      !networks.contains(where: { $0.contains(enrolment.address) })
    {
      throw Refusal(.notAllowed, "the invite is not for clients at \(enrolment.address)")
    }
    try clients.add(EnrolledClient(name: name, pin: enrolment.client, rights: rights))
    log.notice(
      "enrolled a client",
      metadata: [
        "client": "\(name)", "address": "\(enrolment.address)", "key": "\(enrolment.client)",
        "invite": "\(invite.id)",
      ])
    return name
  }

  /// Notes a client for the operator to accept, or leaves it out if many have come just now.
  func note(_ knock: Knock, now: MonotonicTime = .now) {
    guard knocksOfNetworks.take(SocketAddress.network(of: knock.address), now: now),
      knocks.take("", now: now)
    else { return }
    do {
      try PendingFile(directory).note(knock)
    } catch {
      log.error("could not note a client that is not enrolled: \(error)")
    }
  }
}

extension Enrolment {
  /// The values that the client must have proved.
  fileprivate var statement: InviteKey.Statement {
    InviteKey.Statement(
      receiver: receiver, client: client, clientNonce: request.nonce,
      receiverNonce: receiverNonce, host: request.host)
  }
}
