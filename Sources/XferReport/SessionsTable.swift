import XferMetrics
import XferProtocol
import XferSystem
import XferText

/// The sessions that live now, for the stats page.
enum SessionsTable {
  /// The largest number of sessions that are listed.
  private static let most = 10

  /// Returns a line for each of the oldest sessions; no line if there is none.
  static func lines(_ board: Scoreboard, now: Timestamp) -> [String] {
    let live = (0..<board.sessionCapacity).map(board.session).filter { $0.pid != 0 }
    guard !live.isEmpty else { return [] }
    let oldest = live.sorted { $0.startedAt < $1.startedAt }.prefix(most)
    return TextTable(
      header: ["client", "for", "transfers", "bytes"], alignment: [.left, .right, .right, .right],
      rows: oldest.map { row($0, now: now) }
    ).lines(indent: 2)
  }

  private static func row(_ slot: SessionSlot, now: Timestamp) -> [String] {
    let started = Timestamp(microseconds: slot.startedAt)
    return [
      slot.client.description, Readable.duration(seconds: now.seconds - started.seconds),
      "\(slot.transfers)", Readable.bytes(slot.bytes),
    ]
  }
}
