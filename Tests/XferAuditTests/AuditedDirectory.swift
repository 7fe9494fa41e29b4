import Crypto
import Foundation
import XferHistory
import XferProtocol
import XferSQLite
import XferStorage
import XferSystem

@testable import XferAudit

/// A data directory with a history, and a file for each delivery.
final class AuditedDirectory {
  let data: DataDirectory
  private let writer: SQLiteWriter

  init() throws {
    data = try DataDirectory(
      path: FileManager.default.temporaryDirectory.path + "/xfer-audit-\(TransferID.random())")
    writer = try SQLiteWriter(path: data.databasePath)
  }

  deinit {
    try? writer.close()
    data.incoming.close()
    data.files.close()
    try? FileManager.default.removeItem(atPath: data.path)
  }

  /// Records a delivery of `content`. `digested` says that the row has its SHA-256.
  func deliver(_ name: String, _ content: String, digested: Bool = true) throws {
    let bytes = Array(content.utf8)
    let digest = Array(SHA256.hash(data: bytes))
    let transfer = SealedTransfer(
      id: .random(), name: try FileName(name), size: UInt64(bytes.count),
      client: Client(address: "127.0.0.2"), wire: .native, startedAt: Timestamp(microseconds: 1),
      digest: digested ? Digest(bytes: digest) : nil, isSynced: true)
    let file = FileIdentity(inode: 1, born: 1)
    let rows = try writer.record([(sealed: transfer, file: file)], .lazy).compactMap(\.self)
    try writer.complete(rows.map { .published($0, at: .now) }, failures: [])
    try write(content, to: name)
  }

  /// Puts content under a name, as another program does.
  func write(_ content: String, to name: String) throws {
    try Data(content.utf8).write(to: URL(filePath: "\(data.path)/files/\(name)"))
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(data.path)/files/\(name)")
  }

  /// The findings by name.
  func findings(
    _ filter: HistoryFilter = HistoryFilter()
  ) throws -> [String: Verification.Finding] {
    var found: [String: Verification.Finding] = [:]
    let reader = try SQLiteReader(path: data.databasePath)
    try Verification(PublishedFiles(data), with: reader).run(filter) { found[$0.name] = $1 }
    return found
  }
}
