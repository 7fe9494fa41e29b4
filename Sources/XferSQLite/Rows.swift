import FoundationEssentials
import GRDB
import XferHistory
import XferProtocol
import XferSystem

// Conversions between values of the protocol and rows of the history.

extension TransferID {
  var data: Data { Data(bytes) }
}

extension Digest {
  var data: Data { Data(bytes) }
}

extension Row {
  func timestamp(_ column: String) -> Timestamp {
    Timestamp(microseconds: self[column] ?? 0)
  }

  fileprivate var transferID: TransferID? {
    (self["transfer_id"] as Data?).flatMap(TransferID.init(bytes:))
  }
  var digest: Digest? { (self["sha256"] as Data?).flatMap(Digest.init(bytes:)) }
  var fileIdentity: FileIdentity? {
    guard let inode = self["inode"] as Int64?, let born = self["inode_born"] as Int64? else {
      return nil
    }
    return FileIdentity(inode: UInt64(bitPattern: inode), born: born)
  }
  var client: Client { Client(address: self["client_ip"], name: self["client"]) }
  fileprivate var durability: Durability {
    (self["durability"] as UInt8?).flatMap(Durability.init(rawValue:)) ?? .lazy
  }
  fileprivate var wire: WireProtocol { WireProtocol(rawValue: self["protocol"]) ?? .native }
  /// The properties of a regular file if a receiver of an earlier version wrote the history.
  fileprivate var properties: FileAttributes {
    FileAttributes(
      kind: kind, mode: (self["mode"] as Int64?).map(UInt32.init(truncatingIfNeeded:)),
      modified: self["modified_at"])
  }
  fileprivate var kind: FileAttributes.Kind {
    switch self["kind"] as UInt8? {
    case 1: .directory
    case 2: .link(target: self["target"] ?? "")
    default: .file
    }
  }
}

extension RecordedTransfer {
  /// Returns nil if the row has no valid id or name.
  init?(row: Row) {
    guard let id = row.transferID, let name = try? FileName(row["name"] as String)
    else { return nil }
    let transfer = SealedTransfer(
      id: id, name: name, size: UInt64(row["size"] as Int64), client: row.client,
      wire: row.wire, startedAt: row.timestamp("started_at"), digest: row.digest, isSynced: true,
      properties: row.properties)
    self.init(
      row: row["id"], transfer: transfer, file: row.fileIdentity, durability: row.durability)
  }
}

extension Receipt {
  /// Returns nil if the row has no valid id or name.
  init?(row: Row) {
    guard let id = row.transferID, let name = try? FileName(row["name"] as String)
    else { return nil }
    self.init(
      id: id, name: name, size: UInt64(row["size"] as Int64), digest: row.digest,
      startedAt: row.timestamp("started_at"), publishedAt: row.timestamp("finished_at"),
      durability: row.durability, standing: .there)
  }
}

extension DeliveredFile {
  /// Returns nil if the row has no valid id or name.
  init?(row: Row) {
    guard let receipt = Receipt(row: row) else { return nil }
    self.init(receipt: receipt, properties: row.properties)
  }
}

extension SetReference {
  init?(row: Row) {
    guard let id = (row["set_id"] as Data?).flatMap(TransferID.init(bytes:)) else { return nil }
    self.init(id: id, name: row["name"])
  }
}

extension SetReceipt {
  /// Returns nil if the set is not complete.
  init?(row: Row) {
    guard let set = SetReference(row: row), let digest = row.digest,
      let completed = row["completed_at"] as Int64?
    else { return nil }
    self.init(
      set: set,
      totals: SetTotals(
        files: UInt64(row["files"] as Int64), others: UInt64(row["others"] as Int64),
        bytes: UInt64(row["bytes"] as Int64), digest: digest),
      startedAt: row.timestamp("started_at"), completedAt: Timestamp(microseconds: completed),
      durability: row.durability)
  }
}

extension SetMember {
  /// Returns nil if the row has no valid name.
  init?(row: Row) {
    guard let name = try? FileName(row["name"] as String) else { return nil }
    self.init(
      name: name, kind: row.kind, size: UInt64(clamping: row["size"] as Int64), digest: row.digest)
  }
}

extension HistoryEntry {
  /// Returns nil if the row has no valid id or status.
  init?(row: Row) {
    guard let id = row.transferID, let status = Status(rawValue: row["status"]) else { return nil }
    self.init(
      id: row["id"], transferID: id, client: row.client, name: row["name"],
      size: row["size"], resumedAt: row["resumed_at"], startedAt: row.timestamp("started_at"),
      finishedAt: row.timestamp("finished_at"), status: status, reason: nil, detail: nil,
      digest: row.digest, wire: row.wire, properties: row.properties,
      setNumber: row["set_number"])
    if status == .failed { addFailure(row) }
  }

  /// Reads the columns that only failed rows use. Completed rows skip them, because GRDB looks up
  /// each column by its name in each row.
  private mutating func addFailure(_ row: Row) {
    reason = row["reason"]
    // Earlier versions stored texts of clients without a change.
    detail = (row["detail"] as String?).map(PeerText.sanitized)
    attempts = row["attempts"] ?? 1
    firstFinishedAt = (row["first_finished_at"] as Int64?).map(Timestamp.init(microseconds:))
  }
}
