import Glibc
import Logging
import SystemPackage
import XferHistory
import XferLog
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The recorder: makes finished transfers durable, commits their rows, publishes their files and
/// answers the sessions that brought them. It holds the only database handle that can write.
///
/// Life: finishes what an earlier recorder left between row and name, then serves the sessions in
/// groups: everything that has come in while the last group was written makes the next one.
/// Death: with SIGTERM, when no session is left; at any other moment nothing is lost, as sessions
/// ask again and `Recovery` knows from the table in `DataDirectory` what was left undone.
public struct Recorder {
  public struct Options: Sendable {
    public let data: DataDirectory
    public let durability: Durability

    public init(data: DataDirectory, durability: Durability) {
      self.data = data
      self.durability = durability
    }
  }

  private let options: Options
  private let board: Scoreboard
  private let door: LocalDoor
  private let log = Logger(label: "recorder")

  public init(_ options: Options, board: Scoreboard, door: LocalDoor) {
    self.options = options
    self.board = board
    self.door = door
  }

  /// Serves until it is told to end. `whenReady` is called once, before the first session is heard.
  public func run(whenReady: () -> Void) -> RoleExit {
    ProcessTitle.set("xferd: recorder")
    do {
      let signals = try SignalInbox([SIGTERM])
      let history = try HistoryWriter(path: options.data.databasePath)
      let keeper = Keeper(options, history: history, board: board, log: log)
      try Recovery(keeper).run()
      board.set(.recorderReady, 1)
      whenReady()
      try serve(RequestDesk(keeper), signals)
      try history.close()
      return .done
    } catch let unusable as HistoryUnusable {
      log.critical("\(unusable)")
      return .unusable
    } catch {
      log.error("ends and is started anew", metadata: ["error": "\(error)"])
      return .failed
    }
  }

  private func serve(_ desk: RequestDesk, _ signals: SignalInbox) throws {
    var sessions: [SessionChannel] = []
    var isEnding = false
    try door.descriptor.setNonBlocking(true)
    while !isEnding || !sessions.isEmpty {
      let ready = try Recorder.wait(door, signals, sessions)
      if !signals.drain().isEmpty { isEnding = true }
      while let session = door.open() { sessions.append(SessionChannel(session)) }
      let requests = ready.flatMap { session in
        session.receive().map { (session: session, request: $0) }
      }
      try desk.handle(requests)
      for session in sessions { session.send() }
      sessions.removeAll { $0.closeIfOver() }
    }
  }

  private static func wait(
    _ door: LocalDoor, _ signals: SignalInbox, _ sessions: [SessionChannel]
  ) throws -> [SessionChannel] {
    var set = PollSet()
    _ = set.add(door.descriptor, .read)
    _ = set.add(signals.descriptor, .read)
    let slots = sessions.map { set.add($0.descriptor, $0.hasOutput ? .both : .read) }
    try set.wait(milliseconds: nil)
    return zip(slots, sessions).filter { set.isReadable($0.0) }.map(\.1)
  }
}
