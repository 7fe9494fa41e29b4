import XferSystem

/// One row of the history, as the receiver returns it.
package struct HistoryEntry: Equatable, Sendable {
  /// The result of a transfer. The numbers are those of the history.
  package enum Status: UInt8, Sendable {
    case completed = 1
    case failed = 2

    /// The name in the history's formats.
    package var name: String { self == .completed ? "completed" : "failed" }
  }

  /// Increases with each row: of two rows, the one with the greater id was recorded later.
  package let id: Int64
  /// Chosen by the sender, or by the session for the classic protocol, which has none. Nil if the
  /// transfer belongs to another client than the one that asks.
  package var transferID: TransferID?
  /// The client that sent the file.
  package var client: Client
  /// The name of the file; in a failed transfer possibly an invalid one.
  package let name: String
  /// Bytes, as announced. May be negative in a failed classic transfer.
  package let size: Int64
  /// Bytes that earlier transfers of the file had delivered; the rate does not include them.
  package let resumedAt: Int64
  /// The time of the offer.
  package let startedAt: Timestamp
  /// The time at which the file was published or the transfer failed.
  package let finishedAt: Timestamp
  /// The result.
  package let status: Status
  /// The `Reason.code` of a failed transfer.
  package var reason: String?
  /// The message of a failed transfer.
  package var detail: String?
  /// The digest of the content; nil if the transfer failed or the receiver computes none.
  package let digest: Digest?
  /// The protocol that the client used.
  package let wire: WireProtocol
  /// The number of times that this client failed with this name for this reason; `startedAt` and
  /// `finishedAt` are those of the last time. 1 for a completed transfer.
  package var attempts: Int64 = 1
  /// The end of the first failed attempt; nil if there was only one attempt.
  package var firstFinishedAt: Timestamp?
  /// The kind of the file, and the properties that it got.
  package var properties: FileAttributes
  /// The number of the set with which the file was sent; nil if there is none.
  package var setNumber: Int64?

  /// `size` and `resumedAt` are in bytes.
  package init(
    id: Int64, transferID: TransferID?, client: Client, name: String, size: Int64,
    resumedAt: Int64 = 0, startedAt: Timestamp, finishedAt: Timestamp, status: Status,
    reason: String?, detail: String?,
    digest: Digest?, wire: WireProtocol, attempts: Int64 = 1, firstFinishedAt: Timestamp? = nil,
    properties: FileAttributes = FileAttributes(), setNumber: Int64? = nil
  ) {
    self.properties = properties
    self.setNumber = setNumber
    self.id = id
    self.transferID = transferID
    self.client = client
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

  /// Seconds from start to end.
  package var seconds: Double { finishedAt.seconds - startedAt.seconds }

  /// Nil if no time passed or the transfer failed.
  package var bytesPerSecond: Double? {
    status == .completed && seconds > 0 ? (Double(size) - Double(resumedAt)) / seconds : nil
  }
}
