import Logging
import XferIdentity
import XferMetrics
import XferProtocol

/// The values that all parts of one session share.
struct SessionContext {
  /// The client that this session serves.
  let client: Client
  /// The rights of the client.
  let rights: Rights
  let options: SessionOptions
  let board: Scoreboard
  /// The session's slot of the board.
  let slot: SessionSlot
  let log: Logger
  let recorder: RecorderChannel
  /// The process that reads the history for this session.
  let answers: AnswersChannel
  let ending: StopSignal
}
