import Logging
import XferMetrics

/// The values that all parts of one session share.
struct SessionContext {
  /// The client's address without its port.
  let clientIP: String
  let options: SessionOptions
  let board: Scoreboard
  /// The session's slot of the board.
  let slot: SessionSlot
  let log: Logger
  let recorder: RecorderChannel
  let ending: StopSignal
}
