import XferIdentity
import XferProtocol

/// The conversation with a client that is not enrolled: it may join by an invite, or be noted
/// for the operator.
struct Stranger {
  private let client: ClientConnection
  private let context: SessionContext
  /// The identity of the client's key.
  private let pin: Pin
  /// The identity of the receiver's key.
  private let receiver: Pin

  init(_ client: ClientConnection, pin: Pin, receiver: Pin, in context: SessionContext) {
    self.client = client
    self.context = context
    self.pin = pin
    self.receiver = receiver
  }

  /// Enrols the client, or refuses it. Throws a `PeerFailure` if it is not enrolled.
  func run() throws {
    client.say(raw: WireLimits.magic)
    let hello = try client.greeting()
    do throws(Refusal) {
      let name = try join(hello)
      context.slot.noteIdentified()
      client.say(JoinMessage.enrolled(name: name))
      client.linger()
    } catch {
      client.say(.refusal(tag: 0, error))
      client.linger()
      throw PeerFailure(error.reason, "refused: \(error)")
    }
  }

  private func join(_ hello: Hello) throws(Refusal) -> String {
    guard let request = hello.join else {
      note(hello)
      throw Stranger.unknown(pin)
    }
    do {
      return try enrol(request)
    } catch let refusal as Refusal {
      throw refusal
    } catch let failure as PeerFailure {
      throw failure.refusal
    } catch {
      throw Refusal(
        .unavailable, "the receiver could not enrol the client: \(error)", retryAfter: 5)
    }
  }

  private func enrol(_ request: JoinRequest) throws -> String {
    let nonce = Random.bytes(JoinRequest.nonceSize)
    client.say(JoinMessage.challenge(nonce: nonce))
    try client.flush()
    let proof = try client.proof()
    let enrolment = Enrolment(
      request: request, client: pin, receiver: receiver, receiverNonce: nonce, proof: proof,
      address: context.client.address)
    switch try context.answer(to: context.recorder.ask { .enrol(ticket: $0, enrolment) }) {
    case .enrolled(_, let name): return name
    case .refusal(_, let refusal): throw refusal
    case .done, .receipt, .completed:
      throw Refusal(.unavailable, "the receiver could not enrol the client")
    }
  }

  private func note(_ hello: Hello) {
    let knock = Knock(pin: pin, agent: hello.agent, address: context.client.address)
    let ticket = context.recorder.ask { .knock(ticket: $0, knock) }
    _ = try? context.answer(to: ticket)
  }

  private static func unknown(_ pin: Pin) -> Refusal {
    Refusal(
      .unknownClient,
      "this client's key is not enrolled; ask the operator for an invite, or to accept \(pin)")
  }
}
