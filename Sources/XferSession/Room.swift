import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

/// Whether the disk has room for a file: the free bytes, less what other sessions were promised,
/// less what transfers leave free.
struct Room {
  private let directory: Directory
  private let reserve: Int64
  private let board: Scoreboard
  private let slot: SessionSlot

  init(_ context: SessionContext) {
    directory = context.options.data.incoming
    reserve = context.options.reserve
    board = context.board
    slot = context.slot
  }

  /// Throws where a file of this many bytes to come does not fit. Where the file system reserves
  /// them itself, they are gone from the free bytes already, and `bytes` is 0. What others were
  /// promised is looked up only for what is large: thousands of small files come in a second.
  func check(_ bytes: Int64) throws {
    guard bytes > 0 else { return }
    let free = try directory.freeBytes() - reserve
    guard free >= bytes else { throw Refusal.noSpace }
    guard bytes > WireLimits.eager else { return }
    guard free - board.reservedBytes >= bytes else { throw Refusal.noSpace }
  }

  /// Notes what this session has been promised and the disk does not show.
  func promise(_ bytes: Int64) { slot.reserve(bytes) }
}
