import XferSystem

/// The parts that all conversations of a run use.
struct SendRun: Sendable {
  let queue: SendQueue
  let receipts: Receipts
  let report: SendReport
  let stop: StopSwitch
  /// The bytes a second; nil for no limit.
  let limit: RateLimit?
  /// The start of the run, by `bootNanoseconds`.
  let start: Int64
  /// The identity of this machine, for the ids of its files.
  let machine: String
  /// The number of large files that a conversation offers before they are complete. Each holds a
  /// descriptor.
  let largeAhead: Int
  /// The set of the run; nil if its files belong to none.
  let set: SetDelivery?
}
