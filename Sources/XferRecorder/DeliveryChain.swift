import XferHistory
import XferProtocol
import XferStorage

/// The deliveries of one file by one client. The first has the id that the client chose. Each
/// redelivery, made after the delivery before it was removed, has an id that is derived from that
/// id and its number. A binary search finds the newest with few look-ups.
struct DeliveryChain {
  /// The id that the client chose.
  let root: TransferID
  let client: Client
  let history: any HistoryWriter

  /// Returns the id of a delivery. The first has the number 0.
  func id(_ number: UInt64) -> TransferID { number == 0 ? root : root.redelivery(number) }

  /// Returns the number of the newest delivery, or nil if there is none. Rows that were removed
  /// from the history may leave gaps. The number returned is then one before a gap, and the next is
  /// free.
  func newest() throws(HistoryFailure) -> UInt64? {
    guard try isUsed(0) else { return nil }
    var (used, free): (UInt64, UInt64) = (0, 1)
    while try isUsed(free) { (used, free) = (free, free * 2) }
    while free - used > 1 {
      let middle = used + (free - used) / 2
      if try isUsed(middle) { used = middle } else { free = middle }
    }
    return used
  }

  private func isUsed(_ number: UInt64) throws(HistoryFailure) -> Bool {
    try history.isUsed(id(number), by: client)
  }
}
