import Glibc
import Synchronization
import XferProtocol

/// The figures that one live session shows to the other processes. The supervisor claims and clears
/// the slot; only the session writes the figures, and other sessions ask it to leave.
package struct SessionSlot: @unchecked Sendable {
  /// Four cache lines, so that two sessions never write to the same one.
  static let size = 256
  private static let addressOffset = 64
  private static let addressCapacity = 48
  private static let nameOffset = 136
  /// The longest name of a client.
  private static let nameCapacity = 64

  fileprivate enum Field: Int {
    case pid, startedAt, bytes, transfers, lastActivity, reserved, verified, verifying
    /// Follows the address.
    case verifiedID = 14
    case grant = 15
    /// Precedes the name.
    case nameLength = 16
    /// The first field of each `Group`. They follow the name.
    case network = 25, client = 27
    /// 1 after the client has identified itself.
    case identified = 29
    /// 1 if the client may not be served any more as it is.
    case revoked = 30
    /// 1 if a newer connection of the sender takes over.
    case leaves = 31
  }

  /// A kind of group that sessions are counted by.
  package enum Group: Sendable {
    /// The sessions of one network address.
    case network
    /// The sessions of one client, by its key.
    case client

    fileprivate var field: Field { self == .network ? .network : .client }
  }

  let start: UnsafeMutableRawPointer

  /// The process of the session. 0 if the slot is free.
  package var pid: pid_t { pid_t(load(.pid)) }
  /// The start of the session, in microseconds since 1970.
  package var startedAt: Int64 { load(.startedAt) }
  /// The bytes of content that it has received.
  package var bytes: Int64 { load(.bytes) }
  /// The transfers that it has completed.
  package var transfers: Int64 { load(.transfers) }
  /// The time of the client's last progress, in nanoseconds of the monotonic clock.
  package var lastActivity: Int64 { load(.lastActivity) }
  /// The disk space, in bytes, that its accepted transfers need and that is not allocated yet.
  package var reserved: Int64 { load(.reserved) }

  /// The mark of the line that gives the client its rights. 0 for a client without one.
  package var grant: Int64 { load(.grant) }

  /// True if the client is enrolled, and served.
  package var isEnrolled: Bool { grant != 0 }

  /// Notes the line that gives the client its rights. A reload that reads the slot earlier than
  /// this is counted before this returns: see `Scoreboard.addReload`.
  package func note(grant: Int64) {
    store(grant, in: .grant)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// The progress of reading a resumed file again before it is published. Nil if no file is read.
  package var verification: Progress? {
    let total = load(.verifying)
    return total > 0 ? Progress(done: UInt64(load(.verified)), total: UInt64(total)) : nil
  }

  /// True if another session has asked this one to leave.
  package var isAskedToLeave: Bool { load(.leaves) != 0 }

  /// Asks the session to leave, which it sees within a second. A session cannot send a signal to
  /// another one.
  package func askToLeave() { store(1, in: .leaves) }

  /// Returns the progress for the file with this name in `incoming/`. Returns nil if the session
  /// verifies another file or none.
  package func verification(of id: TransferID) -> Progress? {
    load(.verifiedID) == SessionSlot.mark(of: id) ? verification : nil
  }

  /// The client's address without its port.
  package var address: String {
    let text = UnsafeRawBufferPointer(
      start: start + SessionSlot.addressOffset, count: SessionSlot.addressCapacity)
    return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The client of the session, with its name from the moment at which it is identified.
  package var client: Client {
    // Any session can write here, and the supervisor reads it.
    let length = min(max(0, load(.nameLength)), Int64(SessionSlot.nameCapacity))
    let name = UnsafeRawBufferPointer(start: start + SessionSlot.nameOffset, count: Int(length))
    return Client(
      address: address, name: name.isEmpty ? nil : String(decoding: name, as: UTF8.self))
  }

  /// Shows the name of the client, at most 64 bytes of it. The session calls it once. The length is
  /// stored last, so that no process reads a part of the name.
  package func identify(_ name: String) {
    let bytes = Array(name.utf8.prefix(SessionSlot.nameCapacity))
    UnsafeMutableRawBufferPointer(start: start + SessionSlot.nameOffset, count: bytes.count)
      .copyBytes(from: bytes)
    store(Int64(bytes.count), in: .nameLength)
  }

  /// True if the client may not be served any more: its line is gone or has changed.
  package var isRevoked: Bool { load(.revoked) != 0 }

  /// Notes that the client may not be served any more as it is.
  package func revoke() { store(1, in: .revoked) }

  /// True if the client has identified itself: its greeting, or its classic header, is complete.
  package var isIdentified: Bool { load(.identified) != 0 }

  /// Notes that the client has identified itself. The session leaves the small pool of those that
  /// have not.
  package func noteIdentified() { store(1, in: .identified) }

  /// Replaces the client's address by the one that a proxy has passed on.
  package func show(address: String) {
    let field = UnsafeMutableRawBufferPointer(
      start: start + SessionSlot.addressOffset, count: SessionSlot.addressCapacity)
    field.initializeMemory(as: UInt8.self, repeating: 0)
    field.copyBytes(from: address.utf8.prefix(SessionSlot.addressCapacity - 1))
  }

  /// Resets the figures for a new session of this client. `now` is in microseconds since 1970.
  package func claim(address: String, now: Int64) {
    show(address: address)
    for field in [
      Field.nameLength, .bytes, .transfers, .reserved, .grant, .identified, .revoked, .leaves,
    ] {
      store(0, in: field)
    }
    verify(nil)
    leaveGroups()
    store(now, in: .startedAt)
  }

  /// Makes the slot visible as that of the session with this pid.
  package func show(pid: pid_t) { store(Int64(pid), in: .pid) }

  /// Shows the progress of verifying a file of `incoming/`, or nil if no file is verified.
  package func verify(_ file: (id: TransferID, progress: Progress)?) {
    store(file.map { SessionSlot.mark(of: $0.id) } ?? 0, in: .verifiedID)
    store(Int64(clamping: file?.progress.done ?? 0), in: .verified)
    store(Int64(clamping: file?.progress.total ?? 0), in: .verifying)
  }

  /// Returns the first eight bytes of the id. They identify a file, because ids in `incoming/` are
  /// digests.
  private static func mark(of id: TransferID) -> Int64 {
    Int64(bitPattern: id.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// Marks the slot as free.
  package func clear() {
    leaveGroups()
    store(0, in: .pid)
  }

  /// Enters a group. `ticket` is greater than that of every session that entered before.
  func enter(_ group: Group, key: Int64, ticket: Int64) {
    cell(group.field, 1).pointee.store(ticket, ordering: .sequentiallyConsistent)
    cell(group.field, 0).pointee.store(key, ordering: .sequentiallyConsistent)
  }

  /// Leaves all groups.
  private func leaveGroups() {
    for group in [Group.network, .client] { store(0, in: group.field) }
  }

  /// Leaves a group that the session may not be part of.
  func leave(_ group: Group) { store(0, in: group.field) }

  /// True if the session entered the group with this key before the one with this ticket.
  func isMember(of group: Group, key: Int64, before ticket: Int64) -> Bool {
    cell(group.field, 0).pointee.load(ordering: .sequentiallyConsistent) == key
      && cell(group.field, 1).pointee.load(ordering: .sequentiallyConsistent) < ticket
  }

  /// Adds received content.
  package func count(bytes: Int) {
    cell(.bytes).pointee.wrappingAdd(Int64(bytes), ordering: .relaxed)
  }

  /// Adds a completed transfer.
  package func countTransfer() { cell(.transfers).pointee.wrappingAdd(1, ordering: .relaxed) }

  /// Sets the time of the client's last progress, in nanoseconds of the monotonic clock.
  package func noteActivity(at moment: Int64) { store(moment, in: .lastActivity) }

  /// Sets the disk space that accepted transfers need and that is not allocated yet.
  package func reserve(_ bytes: Int64) { store(bytes, in: .reserved) }

  private func load(_ field: Field) -> Int64 { cell(field).pointee.load(ordering: .acquiring) }

  private func store(_ value: Int64, in field: Field) {
    cell(field).pointee.store(value, ordering: .releasing)
  }

  private func cell(_ field: Field, _ index: Int = 0) -> UnsafeMutablePointer<Atomic<Int64>> {
    (start + (field.rawValue + index) * 8).assumingMemoryBound(to: Atomic<Int64>.self)
  }
}
