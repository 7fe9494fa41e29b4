import XferProtocol

/// The requests of one group, in the order of their arrival.
struct GroupRequests {
  /// The greatest number of transfers in one group. Each holds a file open meanwhile.
  private static let most = 512

  private(set) var transfers: [(ticket: Ticket, transfer: SealedTransfer)] = []
  private(set) var failures: [(ticket: Ticket, transfer: FailedTransfer)] = []
  private var ids = Set<UsedID>()
  /// The bytes of the transfers of each client, by its key.
  private var bytes: [String: UInt64] = [:]

  /// A transfer's id and its client's key: two clients may use the same id for different transfers.
  private struct UsedID: Hashable {
    let id: TransferID
    let owner: String
  }

  /// Adds a transfer. Returns false if it must go into the next group, because this one is full or
  /// already has the same transfer.
  mutating func take(_ transfer: SealedTransfer, for ticket: Ticket) -> Bool {
    let id = UsedID(id: transfer.id, owner: transfer.client.key)
    guard transfers.count < GroupRequests.most, ids.insert(id).inserted else { return false }
    transfers.append((ticket, transfer))
    bytes[transfer.client.key, default: 0] += transfer.size
    return true
  }

  /// The bytes of the transfers of this client in the group.
  func bytes(of client: Client) -> UInt64 { bytes[client.key, default: 0] }

  /// Adds a failure, which becomes history with the group.
  mutating func take(_ failure: FailedTransfer, for ticket: Ticket) {
    failures.append((ticket, failure))
  }
}
