import GRDB
import XferProtocol

/// The column `client_ip` holds the address of a client.
extension Client: DatabaseValueConvertible {
  package var databaseValue: DatabaseValue { address.databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> Client? {
    String.fromDatabaseValue(value).map(Client.init(address:))
  }
}
