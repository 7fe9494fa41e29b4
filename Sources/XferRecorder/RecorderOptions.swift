import XferHistory
import XferIdentity
import XferProtocol
import XferStorage
import XferSystem

/// The settings of the recorder.
package struct RecorderOptions: Sendable {
  /// The data directory, which is open.
  package let data: DataDirectory
  /// The history, which the recorder opens.
  package let history: any HistoryStore
  /// The durability of receipts: durable ones are synced first.
  package let durability: Durability
  /// The store of published files.
  package let published: any PublishedStore
  /// The directory with the lists of clients and invites.
  package let clients: PrivateDirectory
  /// The time that a partial file is kept to be resumed.
  package let keepPartial: Duration
  /// The number of free bytes on the disk below which failures are not recorded. The limit has a
  /// margin above it: see `HistoryRoom`.
  package var reserve: Int64 = 0
  /// The time that rows of failures are kept; nil if they are never removed.
  package var keepFailed: Duration?
  /// The time that all rows are kept; nil if they are never removed.
  package var keepHistory: Duration?

  /// Wakes the process that runs the hooks; nil if there are none.
  package var hooks: Wakeup?

  /// Creates options. The others have their defaults until they are set.
  package init(
    data: DataDirectory, published: any PublishedStore, history: any HistoryStore,
    clients: PrivateDirectory, durability: Durability, keepPartial: Duration
  ) {
    self.data = data
    self.published = published
    self.history = history
    self.clients = clients
    self.durability = durability
    self.keepPartial = keepPartial
  }
}
