import XferHistory
import XferProtocol
import XferStorage
import XferSystem

/// Finishes what an earlier recorder left between row and name, from the table in `DataDirectory`
/// alone: a recorded row whose file is in `incoming/` is published, one whose file is not there
/// has been published, as only publishing takes it away.
struct Recovery {
  private let keeper: Keeper

  init(_ keeper: Keeper) { self.keeper = keeper }

  func run() throws {
    let left = try keeper.history.unpublished()
    guard !left.isEmpty else { return }
    var touched = TouchedDirectories()
    defer { touched.close() }
    let outcomes = try left.map { try finish($0, &touched) }
    try touched.sync()
    try keeper.complete(outcomes, failures: [])
    keeper.log.notice(
      "finished what was left undone", metadata: ["transfers": .stringConvertible(left.count)])
  }

  private func finish(
    _ recorded: RecordedTransfer, _ touched: inout TouchedDirectories
  ) throws -> Publication {
    let (id, name) = (recorded.transfer.id, recorded.transfer.name)
    guard try keeper.sealed.isThere(id) else {
      try touched.add(directoryOf: name, in: keeper.published)
      return .published(recorded, at: .now)
    }
    do {
      try keeper.published.publish(id, as: name, touched: &touched)
      return .published(recorded, at: .now)
    } catch let refusal as Refusal {
      try keeper.sealed.discard(id)
      return .failed(recorded, refusal)
    }
  }
}
