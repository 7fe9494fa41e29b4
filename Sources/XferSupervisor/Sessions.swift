import Glibc
import XferMetrics
import XferSystem

/// The sessions that live: who they are, and which slot of the scoreboard shows them.
struct Sessions {
  struct Entry {
    let address: SocketAddress
    let isServed: Bool
    let slot: Int
  }

  private var entries: [pid_t: Entry] = [:]
  private var freeSlots: [Int]
  private let board: Scoreboard

  init(board: Scoreboard) {
    self.board = board
    freeSlots = Array((0..<board.sessionCapacity).reversed())
  }

  var isEmpty: Bool { entries.isEmpty }

  /// A slot for the next session; nil where all are taken.
  mutating func claimSlot(_ address: String) -> Int? {
    guard let index = freeSlots.popLast() else { return nil }
    board.session(index).claim(address: address, now: Timestamp.now.microseconds)
    return index
  }

  mutating func release(slot: Int) { freeSlots.append(slot) }

  mutating func add(_ pid: pid_t, _ address: SocketAddress, isServed: Bool, slot: Int) {
    entries[pid] = Entry(address: address, isServed: isServed, slot: slot)
    board.session(slot).show(pid: pid)
    board.set(.sessions, Int64(entries.count))
  }

  /// What is known of a session that has ended; nil where the process was none.
  mutating func remove(_ pid: pid_t) -> Entry? {
    guard let entry = entries.removeValue(forKey: pid) else { return nil }
    board.session(entry.slot).clear()
    freeSlots.append(entry.slot)
    board.set(.sessions, Int64(entries.count))
    return entry
  }

  func tell(_ signal: Int32) {
    for pid in entries.keys { kill(pid, signal) }
  }
}
