import XferSystem

/// The kind of an event for which a command runs.
package enum HookKind: UInt8, CaseIterable, Sendable {
  /// A file is published.
  case file = 1
  /// A set is complete.
  case set = 2

  /// The name in log lines and in the environment of commands.
  package var name: String { self == .file ? "file" : "set" }
}

/// A command that has failed and is run again.
package struct HookRetry: Equatable, Sendable {
  /// The kind of the event.
  package let kind: HookKind
  /// The id of the row, or the sequence number of the set.
  package let item: Int64
  /// The number of runs that have failed.
  package let attempts: Int
  /// The time of the first failure.
  package let since: Timestamp
  /// The time of the next run.
  package let dueAt: Timestamp
  /// The last failure, in words.
  package let error: String

  /// Creates a failed command.
  package init(
    kind: HookKind, item: Int64, attempts: Int, since: Timestamp, dueAt: Timestamp, error: String
  ) {
    self.kind = kind
    self.item = item
    self.attempts = attempts
    self.since = since
    self.dueAt = dueAt
    self.error = error
  }
}

/// A change of the position of the hooks in the history, which the recorder writes.
package enum HookChange: Equatable, Sendable {
  /// All events up to this one are done, or are among those to retry.
  case position(HookKind, Int64)
  /// The command of this event failed.
  case retry(HookRetry)
  /// The event is not retried any more.
  case settled(HookKind, Int64)

  func encode(into writer: inout WireWriter) {
    switch self {
    case .position(let kind, let item):
      writer.write(UInt8(1))
      writer.write(kind.rawValue)
      writer.write(item)
    case .retry(let retry):
      writer.write(UInt8(2))
      writer.write(retry.kind.rawValue)
      writer.write(retry.item)
      writer.write(Int64(retry.attempts))
      writer.write(retry.since.microseconds)
      writer.write(retry.dueAt.microseconds)
      writer.write(retry.error)
    case .settled(let kind, let item):
      writer.write(UInt8(3))
      writer.write(kind.rawValue)
      writer.write(item)
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    let number = try reader.uint8()
    let kind: HookKind = try reader.value("kind of hook")
    let item = try reader.int64()
    switch number {
    case 1: self = .position(kind, item)
    case 2:
      self = .retry(
        HookRetry(
          kind: kind, item: item, attempts: Int(try reader.int64()),
          since: Timestamp(microseconds: try reader.int64()),
          dueAt: Timestamp(microseconds: try reader.int64()), error: try reader.string()))
    case 3: self = .settled(kind, item)
    default: throw WireError("unknown change of hooks \(number)")
    }
  }
}
