import Glibc
import Synchronization
import XferProtocol

/// The figures that one live session shows to the other processes. The supervisor claims and clears
/// the slot; only the session writes the figures.
package struct SessionSlot: @unchecked Sendable {
  /// Four cache lines, so that two sessions never write to the same one.
  static let size = 256
  private static let addressOffset = 64
  private static let addressCapacity = 48
  private static let nameOffset = 136
  /// The longest name of a client.
  private static let nameCapacity = 64

  private enum Field: Int {
    case pid, startedAt, bytes, transfers, lastActivity, reserved, verified, verifying
    /// Follows the address.
    case verifiedID = 14
    case grant = 15
    /// Precedes the name.
    case nameLength = 16
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

  /// Notes the line that gives the client its rights. A reload that reads the slot earlier than this
  /// is counted before this returns: see `Scoreboard.addReload`.
  package func note(grant: Int64) {
    store(grant, in: .grant)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// The progress of reading a resumed file again before it is published. Nil if no file is read.
  package var verification: Progress? {
    let total = load(.verifying)
    return total > 0 ? Progress(done: UInt64(load(.verified)), total: UInt64(total)) : nil
  }

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

  /// Resets the figures for a new session of this client. `now` is in microseconds since 1970.
  package func claim(address: String, now: Int64) {
    let field = UnsafeMutableRawBufferPointer(
      start: start + SessionSlot.addressOffset, count: SessionSlot.addressCapacity)
    field.initializeMemory(as: UInt8.self, repeating: 0)
    field.copyBytes(from: address.utf8.prefix(SessionSlot.addressCapacity - 1))
    store(0, in: .nameLength)
    store(0, in: .bytes)
    store(0, in: .transfers)
    store(0, in: .reserved)
    store(0, in: .grant)
    verify(nil)
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
  package func clear() { store(0, in: .pid) }

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

  private func cell(_ field: Field) -> UnsafeMutablePointer<Atomic<Int64>> {
    (start + field.rawValue * 8).assumingMemoryBound(to: Atomic<Int64>.self)
  }
}
