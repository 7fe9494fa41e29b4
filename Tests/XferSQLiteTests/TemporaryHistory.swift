import Foundation
import XferHistory
import XferProtocol
import XferSQLite
import XferSystem

/// A history for one test, in a directory that is removed when the object is released.
final class TemporaryHistory {
  let directory: String
  let path: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/xfer-history-\(TransferID.random())"
    path = directory + "/history.sqlite"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func writer() throws -> SQLiteWriter { try SQLiteWriter(path: path) }

  func entries(_ filter: HistoryFilter = HistoryFilter()) throws -> [HistoryEntry] {
    try SQLiteReader(path: path).entries(filter)
  }

  func summary(now: Timestamp = .now) throws -> HistorySummary {
    try SQLiteReader(path: path).summary(now: now)
  }
}

extension SQLiteWriter {
  /// Records the transfers as the recorder does, with an arbitrary identity of their files.
  func record(
    _ transfers: [SealedTransfer], _ durability: Durability
  ) throws -> [RecordedTransfer] {
    try record(transfers.map { ($0, FileIdentity(inode: 4711, born: 1)) }, durability)
      .compactMap(\.self)
  }

  /// Performs all steps of a delivery.
  func deliver(_ transfer: SealedTransfer, at moment: Timestamp = second(100)) throws {
    let recorded = try record([transfer], .lazy)
    try complete(recorded.map { .published($0, at: moment) }, failures: [])
  }
}

/// Returns the time that many seconds after a fixed start.
func second(_ number: Int64) -> Timestamp {
  Timestamp(microseconds: (1_700_000_000 + number) * 1_000_000)
}

func sealed(
  _ name: String = "a", id: TransferID = .random(), size: UInt64 = 10, client: Client = "127.0.0.2",
  content: UInt8 = 7
) throws -> SealedTransfer {
  SealedTransfer(
    id: id, name: try FileName(name), size: size, client: client, wire: .native,
    startedAt: second(99), digest: Digest(bytes: [UInt8](repeating: content, count: 32))!,
    isSynced: true)
}

func failed(
  _ name: String = "f", id: TransferID = .random(), client: Client = "127.0.0.3",
  reason: Reason = .corrupt, startedAt: Timestamp = second(50)
) -> FailedTransfer {
  FailedTransfer(
    id: id, name: name, size: 5, client: client, wire: .classic, startedAt: startedAt,
    reason: reason, detail: "a sentence")
}

/// Runs `body`, which blocks for long, on a separate thread, because all tests share the few
/// threads of the pool.
nonisolated(nonsending) func onThread(_ body: @escaping () throws -> Void) async throws {
  nonisolated(unsafe) let body = body  // only that thread uses it until it ends
  try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
    Thread.detachNewThread { done.resume(with: Result(catching: body)) }
  }
}

extension Client: ExpressibleByStringInterpolation {
  package init(stringLiteral address: String) { self.init(address: address) }
}
