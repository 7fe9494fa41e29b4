import XferSystem

/// Which rows of the history are asked for; newest first.
public struct HistoryFilter: Equatable, Sendable {
  public enum Status: UInt8, Sendable, CaseIterable {
    case completed = 1
    case failed = 2
    case all = 3
  }

  /// Rows at the most; 0 means all of them.
  public var limit: UInt32
  /// Finished at or after, and before.
  public var since: Timestamp?
  public var until: Timestamp?
  public var clientIP: String?
  /// A glob as SQLite's GLOB has it: `*`, `?`, `[a-z]`.
  public var name: String?
  public var status: Status

  public init(
    limit: UInt32 = 0, since: Timestamp? = nil, until: Timestamp? = nil, clientIP: String? = nil,
    name: String? = nil, status: Status = .all
  ) {
    self.limit = limit
    self.since = since
    self.until = until
    self.clientIP = clientIP
    self.name = name
    self.status = status
  }
}
