import Glibc
import XferMetrics
import XferSystem

/// The live sessions and their slots of the scoreboard.
struct Sessions {
  /// One live session.
  struct Entry {
    /// The name of its role.
    let role: String
    let address: SocketAddress
    /// The network that counts as one address; nil for a trusted proxy.
    let network: String?
    /// False if the session only replies with a refusal.
    let isServed: Bool
    /// The index of its slot.
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

  /// Claims a slot for the next session. Returns nil if all slots are in use.
  mutating func claimSlot(_ address: String) -> Int? {
    guard let index = freeSlots.popLast() else { return nil }
    board.session(index).claim(address: address, now: Timestamp.now.microseconds)
    return index
  }

  /// Releases a claimed slot because its session could not be started.
  mutating func release(slot: Int) { freeSlots.append(slot) }

  mutating func add(_ entry: Entry, pid: pid_t) {
    entries[pid] = entry
    board.session(entry.slot).show(pid: pid)
    board.set(.sessions, Int64(entries.count))
  }

  /// Removes a session that has ended. Returns nil if the process was not a session.
  mutating func remove(_ pid: pid_t) -> Entry? {
    guard let entry = entries.removeValue(forKey: pid) else { return nil }
    board.session(entry.slot).clear()
    freeSlots.append(entry.slot)
    board.set(.sessions, Int64(entries.count))
    return entry
  }

  /// Sends a signal to the sessions whose slots match. Returns their number.
  func send(_ signal: Int32, where matches: (SessionSlot) -> Bool) -> Int {
    let chosen = entries.filter { matches(board.session($0.value.slot)) }
    for pid in chosen.keys { kill(pid, signal) }
    return chosen.count
  }

  /// Sends a signal to all sessions.
  func send(_ signal: Int32) {
    for pid in entries.keys { kill(pid, signal) }
  }
}
