/// The state of a tag from its offer to its answer. A tag without a state is free.
enum TransferState: Int, CaseIterable, Sendable {
  /// The recorder is asked if the transfer was delivered before.
  case asked
  /// The content follows the offer without an acceptance, and has not arrived yet.
  case eager
  /// The client may send content from the accepted offset on.
  case arriving
  /// The content is complete, and this session verifies and syncs it.
  case sealing
  /// The content is complete, and another session verifies it.
  case elsewhere
  /// The content is sealed, and the recorder publishes it.
  case sealed
  /// The transfer is refused, and the rest of its content is discarded as it arrives.
  case discarding

  /// True if the client may be sending content that the receiver wants.
  var expectsContent: Bool {
    switch self {
    case .eager, .arriving: true
    case .asked, .sealing, .elsewhere, .sealed, .discarding: false
    }
  }

  /// True if a withdrawal ends the transfer. A complete transfer is delivered all the same.
  var canBeWithdrawn: Bool {
    switch self {
    case .asked, .eager, .arriving, .elsewhere: true
    case .sealing, .sealed, .discarding: false
    }
  }

  /// True if the receiver may send this answer in this state.
  func allows(_ answer: TransferAnswer) -> Bool {
    switch answer {
    case .accept: self == .asked
    case .working: self == .sealing || self == .elsewhere
    case .receipt: self == .asked || self == .sealed
    case .refusal: self != .discarding
    }
  }
}
