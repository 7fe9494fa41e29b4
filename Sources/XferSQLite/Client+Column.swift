import GRDB
import GRDBSQLite
import XferProtocol

/// The column `client_ip` holds the address of a client.
extension Client: DatabaseValueConvertible, StatementColumnConvertible {
  package init?(sqliteStatement: SQLiteStatement, index: CInt) {
    self.init(address: String(sqliteStatement: sqliteStatement, index: index))
  }

  package var databaseValue: DatabaseValue { address.databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> Client? {
    String.fromDatabaseValue(value).map { Client(address: $0) }
  }
}
