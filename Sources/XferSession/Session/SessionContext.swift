import Logging
import XferIdentity
import XferMetrics
import XferProtocol
import XferSystem

/// The values that all parts of one session share.
struct SessionContext {
  /// The client that this session serves.
  private(set) var client: Client
  /// The rights of the client.
  private(set) var rights: Rights
  let options: SessionOptions
  let board: Scoreboard
  /// The session's slot of the board.
  let slot: SessionSlot
  private(set) var log: Logger
  let recorder: RecorderChannel
  /// The process that reads the history for this session.
  let answers: AnswersChannel
  let ending: StopSignal

  init(
    client: Client, rights: Rights, options: SessionOptions, board: Scoreboard, slot: SessionSlot,
    recorder: RecorderChannel, answers: AnswersChannel, ending: StopSignal
  ) {
    (self.client, self.rights, self.options) = (client, rights, options)
    (self.board, self.slot, self.ending) = (board, slot, ending)
    (self.recorder, self.answers) = (recorder, answers)
    log = Logger(label: "session")
    showClient()
  }

  /// Makes the client known by its name: in the history, in each further line of the log, in the
  /// slot and in the title of the process. All that belongs to the client belongs to the name from
  /// here on. So a session calls it before it takes an offer or a question.
  mutating func identify(_ name: String, rights: Rights) {
    client = Client(address: client.address, name: name)
    self.rights = rights
    slot.identify(name)
    ProcessTitle.set("xferd: session \(client)")
    showClient()
  }

  /// Limits what a client without a name may do.
  mutating func limit(to rights: Rights) { self.rights = rights }

  private mutating func showClient() {
    for (field, value) in client.logFields { log[metadataKey: field] = "\(value)" }
  }
}
