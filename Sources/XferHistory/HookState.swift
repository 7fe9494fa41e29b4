import XferProtocol

/// The progress of the hooks, as the history has it.
package struct HookState: Equatable, Sendable {
  /// The last event of each kind that is done, or is among those to retry. A kind that never had a
  /// command has none.
  package var positions: [HookKind: Int64]
  /// The failed commands that are run again.
  package var retries: [HookRetry]

  /// Creates a state.
  package init(positions: [HookKind: Int64] = [:], retries: [HookRetry] = []) {
    self.positions = positions
    self.retries = retries
  }
}

/// An event for which a command runs.
package enum HookEvent: Equatable, Sendable {
  /// A published file, with the id of its row.
  case file(HistoryEntry)
  /// A complete set, with its sequence number.
  case set(SetEntry, sequence: Int64)

  /// The kind of the event.
  package var kind: HookKind {
    switch self {
    case .file: .file
    case .set: .set
    }
  }

  /// The id of the row, or the sequence number of the set. Events of one kind grow with it.
  package var item: Int64 {
    switch self {
    case .file(let entry): entry.id
    case .set(_, let sequence): sequence
    }
  }
}

/// A part of the events in their order.
package struct HookEvents: Equatable, Sendable {
  /// The events.
  package var events: [HookEvent]
  /// The position behind the part: at least that of the last event.
  package var position: Int64

  /// Creates a part.
  package init(events: [HookEvent], position: Int64) {
    self.events = events
    self.position = position
  }
}
