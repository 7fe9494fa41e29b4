import FoundationEssentials
import Glibc
import Logging
import SystemPackage
import XferHistory
import XferIdentity
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

@testable import XferRecorder
@testable import XferSQLite

/// A data directory, its history and the recorder's parts above them, for one test.
final class RecorderRig {
  let path: String
  let data: DataDirectory
  let board: Scoreboard
  let history: SQLiteWriter
  let context: RecorderContext
  let store: SQLiteHistory

  init(durability: Durability = .durable, reserve: Int64 = 0) throws {
    path = FileManager.default.temporaryDirectory.path + "/xfer-recorder-\(TransferID.random())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    data = try DataDirectory(path: path)
    board = try Scoreboard(sessions: 1)
    board.set(.recorderReady, 1)
    history = try SQLiteWriter(path: data.databasePath)
    store = SQLiteHistory(path: data.databasePath)
    var options = RecorderOptions(
      data: data, published: PublishedFiles(data),
      history: SQLiteHistory(path: data.databasePath),
      clients: try PrivateDirectory(path), durability: durability,
      keepPartial: .seconds(3600))
    options.reserve = reserve
    var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    context = RecorderContext(options, history: history, board: board, log: log)
  }

  deinit {
    try? history.close()
    data.incoming.close()
    data.files.close()
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The names in `files/`.
  func published() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/files").sorted()
  }

  /// The names in `incoming/`.
  func incoming() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/incoming")
  }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/files/\(name)"))
  }

  /// The names of the rows that readers see, newest first.
  func rows() throws -> [String] { try entries().map { "\($0.name) \($0.status)" } }

  func entries() throws -> [HistoryEntry] {
    try SQLiteReader(path: data.databasePath).entries(HistoryFilter())
  }

  /// A transfer, the content of which is sealed in `incoming/` as a session leaves it.
  func sealed(
    _ name: String, id: TransferID = .random(), client: Client = Client(address: "127.0.0.2")
  ) throws -> SealedTransfer {
    let transfer = SealedTransfer(
      id: id, name: try FileName(name), size: UInt64(name.utf8.count), client: client,
      wire: .native, startedAt: Timestamp(microseconds: 1), digest: nil, isSynced: false)
    guard
      let file = try IncomingFile(transfer.incomingID, size: transfer.size, in: data.incoming)
    else { throw SystemFailure("lock a new file", .wouldBlock) }
    try Array(name.utf8).withUnsafeBytes { try file.append($0, crc: crc32c($0)) }
    _ = try file.seal(sync: false)
    return transfer
  }

  func failed(_ name: String) -> FailedTransfer {
    FailedTransfer(
      id: .random(), name: name, size: 5, client: Client(address: "127.0.0.3"), wire: .native,
      startedAt: Timestamp(microseconds: 1), reason: .corrupt, detail: "a sentence")
  }
}
