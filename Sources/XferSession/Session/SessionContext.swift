import Logging
import XferMetrics
import XferProtocol
import XferSystem

/// The values that all parts of one session share.
struct SessionContext {
  /// The client that this session serves.
  private(set) var client: Client
  let options: SessionOptions
  let board: Scoreboard
  /// The session's slot of the board.
  let slot: SessionSlot
  private(set) var log: Logger
  let recorder: RecorderChannel
  let ending: StopSignal

  init(
    client: Client, options: SessionOptions, board: Scoreboard, slot: SessionSlot, log: Logger,
    recorder: RecorderChannel, ending: StopSignal
  ) {
    (self.client, self.options, self.board, self.slot) = (client, options, board, slot)
    (self.log, self.recorder, self.ending) = (log, recorder, ending)
    showClient()
  }

  /// Makes the client known by its name: in the history, in each further line of the log, in the
  /// slot and in the title of the process. All that belongs to the client belongs to the name from
  /// here on. So a session calls it before it takes an offer or a question.
  mutating func identify(_ name: String) {
    client = Client(address: client.address, name: name)
    slot.identify(name)
    ProcessTitle.set("xferd: session \(client)")
    showClient()
  }

  private mutating func showClient() {
    for (field, value) in client.logFields { log[metadataKey: field] = "\(value)" }
  }
}
