import XferHistory
import XferProtocol
import XferStorage

/// The deliveries of one file by one client. The first has the id that the client chose; each of the
/// others, made after the one before was taken away, has an id that follows from it. Their number is found by
/// some look-ups, whatever it is.
struct DeliveryChain {
  let root: TransferID
  let clientIP: String
  let history: HistoryWriter

  /// The id of a delivery; the first has the number 0.
  func id(_ number: UInt64) -> TransferID { number == 0 ? root : root.redelivery(number) }

  /// The number of the newest delivery; nil where there is none. Rows that were removed from the history may
  /// leave a gap: then it is one before a gap, and the id behind it is free.
  func newest() throws -> UInt64? {
    guard try isUsed(0) else { return nil }
    var (used, free): (UInt64, UInt64) = (0, 1)
    while try isUsed(free) { (used, free) = (free, free * 2) }
    while free - used > 1 {
      let middle = used + (free - used) / 2
      if try isUsed(middle) { used = middle } else { free = middle }
    }
    return used
  }

  private func isUsed(_ number: UInt64) throws -> Bool {
    try history.isUsed(id(number), by: clientIP)
  }
}
