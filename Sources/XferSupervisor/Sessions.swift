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
    let startedAt = MonotonicTime.now
    /// True after the session was told to leave, because its client did not identify itself.
    var isDisplaced = false
    /// The network of the client, also of one behind a proxy, when the session has ended.
    var clientNetwork: String?
    /// True if the client had identified itself before the session ended.
    var wasIdentified = false
    /// True if it was an enrolled client.
    var wasEnrolled = false
  }

  private var entries: [pid_t: Entry] = [:]
  private var freeSlots: [Int]
  private let board: Scoreboard

  init(board: Scoreboard) {
    self.board = board
    freeSlots = Array((0..<board.sessionCapacity).reversed())
  }

  var isEmpty: Bool { entries.isEmpty }

  var count: Int { entries.count }

  /// The sessions without a greeting that were not told to leave.
  var unidentified: [UnidentifiedPool.Member] {
    entries.compactMap { pid, entry in
      guard entry.isServed, !entry.isDisplaced, !board.session(entry.slot).isIdentified else {
        return nil
      }
      return UnidentifiedPool.Member(
        pid: pid, network: network(of: entry), startedAt: entry.startedAt)
    }
  }

  /// The network of the client. Behind a proxy it is that of the address which the session has read
  /// in the PROXY header, and nil before and for the proxy's own connections.
  private func network(of entry: Entry) -> String? {
    if let network = entry.network { return network }
    let address = board.session(entry.slot).address
    return address == entry.address.host ? nil : SocketAddress.network(of: address)
  }

  /// True if a session of this network serves an enrolled client.
  func serveEnrolled(in network: String?) -> Bool {
    entries.values.contains { board.session($0.slot).isEnrolled && self.network(of: $0) == network }
  }

  /// Tells a session to leave unless its client identifies itself just now.
  mutating func displace(_ pid: pid_t) {
    entries[pid]?.isDisplaced = true
    kill(pid, SIGUSR2)
  }

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
    guard var entry = entries.removeValue(forKey: pid) else { return nil }
    entry.clientNetwork = network(of: entry)
    entry.wasIdentified = board.session(entry.slot).isIdentified
    entry.wasEnrolled = board.session(entry.slot).isEnrolled
    board.session(entry.slot).clear()
    freeSlots.append(entry.slot)
    board.set(.sessions, Int64(entries.count))
    return entry
  }

  /// Asks the sessions with matching slots to leave, because their clients may not be served as
  /// before. Returns their number.
  func revoke(where matches: (SessionSlot) -> Bool) -> Int {
    let revoked = entries.filter { matches(board.session($0.value.slot)) }
    for (pid, entry) in revoked {
      board.session(entry.slot).revoke()
      kill(pid, SIGUSR2)
    }
    return revoked.count
  }

  /// Sends a signal to all sessions.
  func send(_ signal: Int32) {
    for pid in entries.keys { kill(pid, signal) }
  }
}
