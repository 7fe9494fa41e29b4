/// The promise of a receipt for the case of a power loss.
package enum Durability: UInt8, Sendable {
  /// Content, history and name were on stable storage before the receipt was sent.
  case durable = 1
  /// Content, history and name had been written to the operating system, without a sync.
  case lazy = 2
}
