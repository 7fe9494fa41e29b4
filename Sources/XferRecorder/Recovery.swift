import Logging
import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Finishes what an earlier recorder left between row and name. A recorded row names its file, which is
/// known again wherever it is:
///
/// - under its name: it becomes history, whatever else lies in `incoming/` for a sender that lost its
///   session and has begun to send the same transfer again;
/// - in `incoming/`: it is published, if its content is still what the row says;
/// - in neither: it had its name, as nobody takes it from `incoming/` before, and somebody has moved or
///   removed it since. It was delivered. After a loss of power a file system without a journal may have it
///   under no name at all, so that it is sent again then.
///
/// Where files cannot be known again, as in a copy of the data directory, their content decides. After a
/// loss of power what was not synced is believed only by its digest. What cannot be believed becomes a
/// failed row, and its sender, who has no receipt, sends again.
struct Recovery {
  private enum Place {
    case named(since: Timestamp)
    case incoming
    case movedAway
    case nowhere
  }

  private static let lost = Refusal(
    .unavailable, "its file was not under its name, after a restart")
  private static let changed = Refusal(
    .corrupt, "its content was not as it was recorded, after a restart")
  private static let doubtful = Refusal(
    .unavailable, "whether its content outlived a loss of power cannot be known")

  private let keeper: Keeper
  private let afterPowerLoss: Bool
  private let home: FileIdentity

  init(_ keeper: Keeper, _ data: DataDirectory, afterPowerLoss: Bool) throws {
    self.keeper = keeper
    self.afterPowerLoss = afterPowerLoss
    home = try data.incoming.descriptor.status().identity
  }

  /// Throws where the history cannot be written, or directories not be synced: then this recorder ends, and
  /// the next one tries again.
  func run() throws {
    let knowsFiles = try keeper.history.home() == home && home.born != 0
    let left = try keeper.history.unpublished()
    if !left.isEmpty {
      try keeper.history.secure()
      try finish(left, knowsFiles)
    }
    // A row that is left names a file of its old home.
    if !knowsFiles, try keeper.history.unpublished().isEmpty { try keeper.history.setHome(home) }
  }

  private func finish(_ left: [RecordedTransfer], _ knowsFiles: Bool) throws {
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = left.compactMap { finish($0, knowsFiles ? $0.file : nil, &touched) }
    try touched.sync()
    try keeper.complete(outcomes, failures: [])
    for outcome in outcomes { keeper.discard(outcome) }
    keeper.log.notice(
      "finished what was left undone", metadata: ["transfers": .stringConvertible(outcomes.count)])
  }

  /// Nil where it cannot be told in which place the file is: the row stays as it is, and its sender is told
  /// to wait. A failed row in its stead would leave a file that refuses its own sender.
  private func finish(
    _ recorded: RecordedTransfer, _ file: FileIdentity?, _ touched: inout TouchedDirectories
  ) -> Publication? {
    do {
      switch try place(of: recorded, file) {
      case .named(let moment): return try complete(recorded, since: moment, &touched)
      case .incoming: return publish(recorded, &touched)
      // When is not known: not before it was offered.
      case .movedAway: return .published(recorded, at: recorded.transfer.startedAt)
      case .nowhere: return .failed(recorded, Recovery.lost)
      }
    } catch {
      let name = "\(recorded.transfer.name)"
      keeper.log.error(
        "cannot look at a file that was left undone; the next start tries it again",
        metadata: ["name": "\(name)", "error": "\(error)"])
      return nil
    }
  }

  private func place(of recorded: RecordedTransfer, _ file: FileIdentity?) throws -> Place {
    let transfer = recorded.transfer
    if try hasName(transfer, file), let moment = try keeper.published.moment(of: transfer.name) {
      return .named(since: moment)
    }
    let arrived = try keeper.sealed.identity(of: transfer.incomingID)
    guard let file else { return arrived == nil ? .nowhere : .incoming }
    if arrived == file { return .incoming }
    // A rename is in one piece for processes. For a loss of power it is on file systems with a journal only.
    return mayBeLost(recorded) || afterPowerLoss ? .nowhere : .movedAway
  }

  /// By its content where the file cannot be known again: by its length, if there is no digest.
  private func hasName(_ transfer: SealedTransfer, _ file: FileIdentity?) throws -> Bool {
    if let file { return try keeper.published.identity(of: transfer.name) == file }
    guard try keeper.published.size(of: transfer.name) == transfer.size else { return false }
    return try transfer.digest == nil || hasDigest(transfer)
  }

  private func hasDigest(_ transfer: SealedTransfer) throws -> Bool {
    try keeper.published.digest(of: transfer.name) == transfer.digest
  }

  /// Whether it was never synced, and the machine may have gone down since: at the end of the last
  /// receiver, or before it, if the row was left undone by that one, too.
  private func mayBeLost(_ recorded: RecordedTransfer) -> Bool {
    recorded.durability == .lazy
      && (afterPowerLoss || recorded.transfer.startedAt < .machineStart)
  }

  private func complete(
    _ recorded: RecordedTransfer, since moment: Timestamp, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    let transfer = recorded.transfer
    if mayBeLost(recorded) {
      guard transfer.digest != nil else { return .failed(recorded, Recovery.doubtful) }
      guard try hasDigest(transfer) else {
        try keeper.published.remove(transfer.name)
        return .failed(recorded, Recovery.changed)
      }
    }
    // Where a file gets its name by a link, the other one may be left.
    if try keeper.sealed.identity(of: transfer.incomingID)
      == keeper.published.identity(of: transfer.name)
    {
      try keeper.sealed.discard(transfer.incomingID)
    }
    try touched.add(directoryOf: transfer.name, in: keeper.published)
    return .published(recorded, at: moment)
  }

  private func publish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) -> Publication {
    keeper.publication(of: recorded) {
      let file = try keeper.sealed.hold(recorded.transfer)
      defer { file.release() }
      guard try isBelieved(file, recorded) else { throw Recovery.changed }
      // It may have been sent again since its row was written, and not be synced.
      try keeper.sealed.sync([file])
      try keeper.published.publish(file, as: recorded.transfer.name, touched: &touched)
    }
  }

  private func isBelieved(_ file: SealedFiles.Held, _ recorded: RecordedTransfer) throws -> Bool {
    guard let digest = recorded.transfer.digest else { return !mayBeLost(recorded) }
    return try file.digest() == digest
  }
}
