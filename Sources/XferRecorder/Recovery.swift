import Logging
import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Finishes the transfers that an earlier recorder left between row and name. A recorded row names
/// its file by its inode, which identifies the file in each place:
///
/// - The file has its name: the row becomes history. Another file in `incoming/` does not matter. A
///   sender that lost its session may have begun to send the same transfer again.
/// - The file is in `incoming/`: it is published if its content still matches the row.
/// - The file is in neither: it had its name, because no process removes it from `incoming/` before
///   the rename. Another program has moved or removed it since. The transfer was delivered. After a
///   power loss this does not hold, because a file system without a journal may have lost both
///   names. The transfer fails then, and is sent again.
///
/// A directory or a link has no content. It is made once more, which changes nothing if it is there.
///
/// If files cannot be identified, as in a copy of the data directory, their content decides. After
/// a power loss, content that was not synced is treated as valid only if its digest matches.
/// Otherwise the row becomes a failed one. Its sender has no receipt, and sends the file again.
struct Recovery {
  private enum Place {
    case named(since: Timestamp)
    case incoming
    case movedAway
    case nowhere
  }

  private static let lost = Refusal(
    .unavailable, "after a restart its file was not under its name")
  private static let changed = Refusal(
    .corrupt, "after a restart its content was not the recorded one")
  private static let doubtful = Refusal(
    .unavailable, "its content may have been lost in a power loss")

  private let context: RecorderContext
  private let afterPowerLoss: Bool
  /// The inode of `incoming/`, in which the inodes of the rows are valid.
  private let home: FileIdentity

  init(_ context: RecorderContext, data: DataDirectory, afterPowerLoss: Bool) throws {
    self.context = context
    self.afterPowerLoss = afterPowerLoss
    home = try data.incoming.descriptor.status().identity
  }

  /// Finishes all rows that are not history yet. Throws if the history cannot be written or a
  /// directory cannot be synced. This recorder ends then, and the next one retries.
  func run() throws {
    let knowsFiles = try context.history.home() == home && home.born != 0
    let left = try context.history.unpublished()
    if !left.isEmpty {
      try context.history.secure()
      try finish(left, knowsFiles: knowsFiles)
    }
    // A row that is left names a file by its inode in the old home.
    if !knowsFiles, try context.history.unpublished().isEmpty { try context.history.setHome(home) }
  }

  private func finish(_ left: [RecordedTransfer], knowsFiles: Bool) throws {
    let names = context.published.newNames()
    defer { names.close() }
    let outcomes = left.compactMap {
      finish($0, file: knowsFiles ? $0.file : nil, names: names)
    }
    try names.sync()
    try context.complete(outcomes, failures: [])
    for outcome in outcomes { context.discard(outcome) }
    context.log.notice(
      "finished the transfers of an earlier recorder",
      metadata: ["transfers": .stringConvertible(outcomes.count)])
  }

  /// Returns nil if the place of the file cannot be determined. The row stays as it is, and its
  /// sender is told to wait. If the row failed instead, the file would keep its name, and its own
  /// sender would be refused.
  private func finish(
    _ recorded: RecordedTransfer, file: FileIdentity?, names: any NewNames
  ) -> Publication? {
    guard recorded.transfer.properties.hasContent else { return make(recorded, names: names) }
    do {
      switch try place(of: recorded, file: file) {
      case .named(let moment): return try complete(recorded, since: moment, names: names)
      case .incoming: return publish(recorded, names: names)
      // The time of the rename is unknown. It was not before the offer.
      case .movedAway: return .published(recorded, at: recorded.transfer.startedAt)
      case .nowhere: return .failed(recorded, Recovery.lost)
      }
    } catch {
      let name = "\(recorded.transfer.name)"
      context.log.error(
        "could not examine the file of an unfinished transfer; the next start retries",
        metadata: ["name": "\(name)", "error": "\(error)"])
      return nil
    }
  }

  private func place(of recorded: RecordedTransfer, file: FileIdentity?) throws -> Place {
    let transfer = recorded.transfer
    if try hasName(transfer, file: file),
      let moment = try context.published.moment(of: transfer.name)
    {
      return .named(since: moment)
    }
    let arrived = try context.sealed.identity(of: transfer.incomingID)
    guard let file else { return arrived == nil ? .nowhere : .incoming }
    if arrived == file { return .incoming }
    // A rename is atomic for processes (rename(2)). In a power loss it is atomic only on file
    // systems with a journal.
    return mayBeLost(recorded) || afterPowerLoss ? .nowhere : .movedAway
  }

  /// True if the file has its name. Without an inode its content decides, or its length if there is
  /// no digest.
  private func hasName(_ transfer: SealedTransfer, file: FileIdentity?) throws -> Bool {
    if let file { return try context.published.identity(of: transfer.name) == file }
    guard try context.published.size(of: transfer.name) == transfer.size else { return false }
    return try transfer.digest == nil || hasDigest(transfer)
  }

  private func hasDigest(_ transfer: SealedTransfer) throws -> Bool {
    try context.published.digest(of: transfer.name) == transfer.digest
  }

  /// True if the content was never synced and the machine may have gone down since. That may have
  /// been at the end of the last receiver, or earlier if that receiver did not finish the row
  /// either.
  private func mayBeLost(_ recorded: RecordedTransfer) -> Bool {
    recorded.durability == .lazy
      && (afterPowerLoss || recorded.transfer.startedAt < .machineStart)
  }

  private func complete(
    _ recorded: RecordedTransfer, since moment: Timestamp, names: any NewNames
  ) throws -> Publication {
    let transfer = recorded.transfer
    if mayBeLost(recorded) {
      guard transfer.digest != nil else { return .failed(recorded, Recovery.doubtful) }
      guard try hasDigest(transfer) else {
        try context.published.remove(transfer.name)
        return .failed(recorded, Recovery.changed)
      }
    }
    // A file that got its name by a link may still have its name in `incoming/`, too.
    if try context.sealed.identity(of: transfer.incomingID)
      == context.published.identity(of: transfer.name)
    {
      try context.sealed.discard(transfer.incomingID)
    }
    try names.add(transfer.name)
    return .published(recorded, at: moment)
  }

  private func make(_ recorded: RecordedTransfer, names: any NewNames) -> Publication {
    do {
      try names.make(recorded.transfer.properties, as: recorded.transfer.name)
      return .published(recorded, at: .now)
    } catch {
      return context.failure(of: recorded, for: error)
    }
  }

  private func publish(
    _ recorded: RecordedTransfer, names: any NewNames
  ) -> Publication {
    do {
      let file = try context.sealed.hold(recorded.transfer)
      defer { file.release() }
      guard try isValid(file, for: recorded) else { throw Recovery.changed }
      // The content may have been sent again since the row was written, and not be synced.
      try context.sealed.sync([file])
      try names.publish(
        file, as: recorded.transfer.name, mode: recorded.transfer.properties.mode)
      return .published(recorded, at: .now)
    } catch {
      return context.failure(of: recorded, for: error)
    }
  }

  private func isValid(_ file: SealedFiles.Held, for recorded: RecordedTransfer) throws -> Bool {
    guard let digest = recorded.transfer.digest else { return !mayBeLost(recorded) }
    return try file.digest() == digest
  }
}
