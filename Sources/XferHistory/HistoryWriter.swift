import XferProtocol
import XferSystem

/// The only writer of the history, which the recorder owns. Each method is one transaction. A
/// failure that is not `.uncertain` has changed nothing.
package protocol HistoryWriter {
  /// Inserts a recorded row for each sealed transfer. With `.durable` the rows are on disk when
  /// this returns. `file` is nil for a transfer without content.
  ///
  /// Returns the recorded transfers in the same order. An element is nil if its client has already
  /// used the id, for example because the transfer was delivered before.
  func record(
    _ transfers: [(sealed: SealedTransfer, file: FileIdentity?)], _ durability: Durability
  ) throws(HistoryFailure) -> [RecordedTransfer?]

  /// Completes recorded rows, adds failures, and counts both in the totals.
  ///
  /// A power loss may undo this transaction, unless a recorded row failed: then it is on disk when
  /// this returns. A failure that is reported twice is counted once.
  func complete(
    _ publications: [Publication], failures: [FailedTransfer]
  ) throws(HistoryFailure)

  /// Returns the recorded rows, the files of which may not have been published. A recorder reads
  /// them when it starts.
  func unpublished() throws(HistoryFailure) -> [RecordedTransfer]

  /// Makes every row that can be read durable.
  func secure() throws(HistoryFailure)

  /// Returns the identity of the directory that holds the files of recorded rows; nil if none is
  /// stored.
  func home() throws(HistoryFailure) -> FileIdentity?

  /// Stores the identity of the directory that holds the files of recorded rows. It is on disk when
  /// this returns. Call it only if no recorded row names a file in another directory.
  func setHome(_ home: FileIdentity) throws(HistoryFailure)

  /// Returns a delivered file; nil if this client never delivered the id.
  func delivery(of id: TransferID, from client: Client) throws(HistoryFailure) -> DeliveredFile?

  /// Returns true if the client has delivered a file under the id, or if a recorded row with the id
  /// waits for its file to be published.
  func isUsed(_ id: TransferID, by client: Client) throws(HistoryFailure) -> Bool

  /// Returns true if this delivery, or another one with the same content, is the last one under its
  /// name.
  func isLatest(_ receipt: Receipt, from client: Client) throws(HistoryFailure) -> Bool

  /// Keeps a part of the announced files of a set. Of a client that has announced very much, only
  /// the numbers are kept. A power loss may undo this.
  func announce(_ part: AnnouncedPart) throws(HistoryFailure)

  /// Adds files that were delivered before to sets. A power loss may undo this.
  func addMembers(_ members: [SetMembership]) throws(HistoryFailure)

  /// Returns a set of this client; nil if nothing of it has arrived.
  func recordedSet(
    _ set: SetReference, of client: Client
  ) throws(HistoryFailure) -> RecordedSet?

  /// Completes a set. With `.durable` it is on disk when this returns, with all of its files.
  func completeSet(
    _ number: Int64, totals: SetTotals, _ durability: Durability
  ) throws(HistoryFailure) -> SetReceipt

  /// Writes the progress of the hooks. A power loss may undo this.
  func change(_ hooks: HookChange) throws(HistoryFailure)

  /// Returns the bytes of the delivered files of an identified client that the history has rows of:
  /// of all, and of those that were delivered at or after a time. Reads each of its rows once.
  func delivered(by name: String, since: Timestamp) throws(HistoryFailure) -> DeliveredBytes

  /// Returns true if an identified client of this name has ever sent anything, also if its rows
  /// were removed.
  func knows(_ name: String) throws(HistoryFailure) -> Bool

  /// Removes at most `most` rows, oldest first, and returns their number. The totals still count
  /// the removed rows.
  func prune(_ limits: PruneLimits, atMost most: Int) throws(HistoryFailure) -> Int

  /// Throws if nothing can be written now.
  func check() throws(HistoryFailure)

  /// The number of bytes in the write-ahead log; 0 if it cannot be read.
  var logBytes: Int64 { get }

  /// Truncates the write-ahead log. Returns false if a reader kept it in use for longer than
  /// `patience`. Nothing is written meanwhile.
  func truncateLog(waiting patience: Duration) throws(HistoryFailure) -> Bool

  /// Closes the history. No other method may be called afterwards.
  func close() throws(HistoryFailure)
}

extension HistoryWriter {
  /// Returns the receipt of a delivered file; nil if this client never delivered the id.
  package func receipt(of id: TransferID, from client: Client) throws(HistoryFailure) -> Receipt? {
    try delivery(of: id, from: client)?.receipt
  }
}
