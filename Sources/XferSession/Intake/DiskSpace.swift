import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// The disk space for new content: the free bytes, less the reservations of all sessions, less the
/// bytes that transfers must leave free.
struct DiskSpace {
  private let directory: Directory
  /// The bytes that transfers must leave free.
  private let margin: Int64
  private let board: Scoreboard
  private let slot: SessionSlot

  init(_ context: SessionContext) {
    directory = context.options.data.incoming
    margin = context.options.reserve
    board = context.board
    slot = context.slot
  }

  /// Throws a `Refusal` if this number of bytes to come does not fit.
  ///
  /// `bytes` is 0 if the file system has reserved them already, because they no longer count as
  /// free. The reservations of other sessions are read only for large files, because small ones are
  /// received by the thousand per second.
  func check(_ bytes: Int64) throws {
    guard bytes > 0 else { return }
    let free = try directory.freeBytes() - margin
    guard free >= bytes else { throw Refusal.noSpace }
    guard bytes > WireLimits.eager else { return }
    guard free - board.reservedBytes >= bytes else { throw Refusal.noSpace }
  }

  /// Sets the bytes that this session has admitted and the file system has not reserved.
  func reserve(_ bytes: Int64) { slot.reserve(bytes) }
}
