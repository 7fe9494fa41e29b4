import XferSystem

/// Which way of speaking brought a transfer.
public enum WireProtocol: UInt8, Sendable, CaseIterable {
  case native = 1
  case classic = 2

  public var name: String {
    switch self {
    case .native: "native"
    case .classic: "classic"
    }
  }
}

/// One row of the history, as it is asked for and answered.
public struct HistoryEntry: Equatable, Sendable {
  public enum Status: UInt8, Sendable {
    case completed = 1
    case failed = 2

    public var name: String { self == .completed ? "completed" : "failed" }
  }

  /// Grows with each row: of two entries, the one with the greater id was recorded later.
  public let id: Int64
  /// Chosen by the sender, or by the session for the classic protocol, which has none. Nil for every client
  /// but the one whose transfer it is.
  public var transferID: TransferID?
  public let clientIP: String
  public let name: String
  /// Bytes, as announced.
  public let size: Int64
  /// Bytes that earlier tries had brought; the rate is that of the others.
  public let resumedAt: Int64
  public let startedAt: Timestamp
  public let finishedAt: Timestamp
  public let status: Status
  /// A `Reason.code` where it failed.
  public var reason: String?
  /// A sentence for a person where it failed.
  public var detail: String?
  public let digest: Digest?
  public let wire: WireProtocol
  /// How often this client failed with this name for this reason; `startedAt` and `finishedAt` are those of
  /// the last time. 1 where it is completed.
  public var attempts: Int64 = 1
  /// When it failed for the first time; nil where there was one time only.
  public var firstFinishedAt: Timestamp?

  public init(
    id: Int64, transferID: TransferID?, clientIP: String, name: String, size: Int64,
    resumedAt: Int64 = 0, startedAt: Timestamp, finishedAt: Timestamp, status: Status,
    reason: String?, detail: String?,
    digest: Digest?, wire: WireProtocol, attempts: Int64 = 1, firstFinishedAt: Timestamp? = nil
  ) {
    self.id = id
    self.transferID = transferID
    self.clientIP = clientIP
    self.name = name
    self.size = size
    self.resumedAt = resumedAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.status = status
    self.reason = reason
    self.detail = detail
    self.digest = digest
    self.wire = wire
    self.attempts = attempts
    self.firstFinishedAt = firstFinishedAt
  }

  public var seconds: Double {
    finishedAt.seconds - startedAt.seconds
  }

  /// Nil where no time passed or the transfer failed.
  public var bytesPerSecond: Double? {
    status == .completed && seconds > 0 ? (Double(size) - Double(resumedAt)) / seconds : nil
  }
}
