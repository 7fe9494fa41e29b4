import XferProtocol

/// The step of the receiver that follows a legal message of the client.
enum ProtocolStep: Equatable, Sendable {
  /// The connection is greeted: the receiver sends its own greeting.
  case welcome(Hello)
  /// The transfer of this offer begins.
  case begin(Offer)
  /// Content follows, which is verified and appended.
  case append(ContentHeader)
  /// Content of a refused transfer follows, which is discarded.
  case discard(ContentHeader)
  /// The transfer has ended, because the client has withdrawn it.
  case withdraw(Withdrawal)
  /// The message has no effect.
  case ignore
  case pong(Ping)
  case answer(Question)
  /// A part of the list of files is handed to the recorder.
  case announce(Announcement)
  /// The recorder is asked to complete the set.
  case complete(SetClaim)
}
