import XferProtocol

/// The session that sent a request, and the number of the request in that session.
struct Ticket {
  let session: SessionChannel
  let number: UInt64

  /// Sends the reply to the session in its next turn.
  func answer(_ reply: (UInt64) -> RecorderReply) { session.answer(reply(number)) }
}

/// A request and the session that sent it.
typealias SessionRequest = (session: SessionChannel, request: RecorderRequest)
