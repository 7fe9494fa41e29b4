import Glibc
import Synchronization
import XferProtocol

/// What one session shows of itself while it lives. The supervisor claims and clears a slot; the
/// session alone counts in it.
public struct SessionSlot: @unchecked Sendable {
  /// Two cache lines, so that no two sessions write to one.
  static let size = 128
  private static let addressOffset = 64
  private static let addressCapacity = 48

  private enum Field: Int {
    case pid, startedAt, bytes, transfers, lastHeard, reserved, verified, verifying
    /// Behind the address.
    case verifiedID = 14
  }

  let start: UnsafeMutableRawPointer

  /// 0 where the slot is free.
  public var pid: pid_t { pid_t(load(.pid)) }
  public var startedAt: Int64 { load(.startedAt) }
  public var bytes: Int64 { load(.bytes) }
  public var transfers: Int64 { load(.transfers) }
  /// When the client was last heard, on the monotonic clock in nanoseconds.
  public var lastHeard: Int64 { load(.lastHeard) }
  /// The bytes that it has admitted and the file system has not reserved.
  public var reserved: Int64 { load(.reserved) }

  /// The file that it reads again before it is published; nil where it reads none.
  public var verification: Progress? {
    let total = load(.verifying)
    return total > 0 ? Progress(done: UInt64(load(.verified)), total: UInt64(total)) : nil
  }

  /// The same for the file with this name in `incoming/`. Returns nil if the session verifies another
  /// file or none.
  public func verification(of id: TransferID) -> Progress? {
    load(.verifiedID) == SessionSlot.mark(of: id) ? verification : nil
  }

  /// The client's address without its port.
  public var address: String {
    let text = UnsafeRawBufferPointer(
      start: start + SessionSlot.addressOffset, count: SessionSlot.addressCapacity)
    return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
  }

  public func claim(address: String, now: Int64) {
    let field = UnsafeMutableRawBufferPointer(
      start: start + SessionSlot.addressOffset, count: SessionSlot.addressCapacity)
    field.initializeMemory(as: UInt8.self, repeating: 0)
    field.copyBytes(from: address.utf8.prefix(SessionSlot.addressCapacity - 1))
    store(.bytes, 0)
    store(.transfers, 0)
    store(.reserved, 0)
    verify(nil)
    store(.startedAt, now)
  }

  /// The slot shows a session from here on.
  public func show(pid: pid_t) { store(.pid, Int64(pid)) }

  /// Shows how far a file with this name in `incoming/` is verified; nil if none is.
  public func verify(_ file: (id: TransferID, progress: Progress)?) {
    store(.verifiedID, file.map { SessionSlot.mark(of: $0.id) } ?? 0)
    store(.verified, Int64(clamping: file?.progress.done ?? 0))
    store(.verifying, Int64(clamping: file?.progress.total ?? 0))
  }

  /// The first eight bytes: the ids of files in `incoming/` are digests.
  private static func mark(of id: TransferID) -> Int64 {
    Int64(bitPattern: id.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  public func clear() { store(.pid, 0) }

  public func count(bytes: Int) {
    cell(.bytes).pointee.wrappingAdd(Int64(bytes), ordering: .relaxed)
  }

  public func countTransfer() { cell(.transfers).pointee.wrappingAdd(1, ordering: .relaxed) }

  public func heard(at moment: Int64) { store(.lastHeard, moment) }

  public func reserve(_ bytes: Int64) { store(.reserved, bytes) }

  private func load(_ field: Field) -> Int64 { cell(field).pointee.load(ordering: .acquiring) }

  private func store(_ field: Field, _ value: Int64) {
    cell(field).pointee.store(value, ordering: .releasing)
  }

  private func cell(_ field: Field) -> UnsafeMutablePointer<Atomic<Int64>> {
    (start + field.rawValue * 8).assumingMemoryBound(to: Atomic<Int64>.self)
  }
}
