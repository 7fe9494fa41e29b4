import XferProtocol
import XferSystem

/// The owner of sums in the history: an identified client, or the address of clients that are not.
///
/// Each kind has tables of its own, so that a column `client_ip` never holds a name.
struct Owner: Hashable {
  /// The two kinds of clients.
  enum Kind: CaseIterable {
    case address, name

    /// Returns the kind of clients that a filter selects by this text.
    init(of client: String) { self = Network.isAddress(client) ? .address : .name }

    /// The column with the key, in the table `transfer` and in those of sums.
    var column: String { self == .name ? "client" : "client_ip" }
    var totals: String { self == .name ? "total_by_name" : "total_by_client" }
    var failedRows: String { self == .name ? "failed_rows_by_name" : "failed_rows" }
    /// The index that finds the rows of a client segment by segment.
    var index: String { self == .name ? "transfer_by_client_name" : "transfer_by_client" }
  }

  /// All clients together, in the tables by address. No address is empty.
  static let all = Owner(kind: .address, key: HistorySchema.allClients)

  let kind: Kind
  /// The client's key: its name or its address.
  let key: String

  private init(kind: Kind, key: String) { (self.kind, self.key) = (kind, key) }

  init(_ client: Client) { self.init(kind: client.name == nil ? .address : .name, key: client.key) }
}
