import XferHistory
import XferProtocol

/// The events of one kind, from the history to the end of their commands: how far they are read, and
/// how far they are done.
struct HookPositions {
  /// The last event that was read.
  private(set) var read: Int64
  /// The events that were read, and with a command that has not ended.
  private var open: Set<Int64> = []
  /// The last position that the recorder has written.
  private var written: Int64

  init(_ position: Int64) { (read, written) = (position, position) }

  /// Notes events that were read.
  mutating func take(_ events: HookEvents) {
    read = max(read, events.position)
    open.formUnion(events.events.map(\.item))
  }

  /// Notes the end of the command of an event.
  mutating func close(_ item: Int64) { open.remove(item) }

  /// The position up to which all events are done; nil if the recorder has written it already.
  var news: Int64? {
    let done = open.min().map { $0 - 1 } ?? read
    return done > written ? done : nil
  }

  /// Notes that the recorder has written a position.
  mutating func noteWritten(_ position: Int64) { written = position }
}
