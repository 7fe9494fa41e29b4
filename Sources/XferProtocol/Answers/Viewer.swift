/// The client for which questions are answered, and the form in which it may see the answers.
package struct Viewer: Equatable, Sendable {
  /// The client. It sees the ids of its own transfers only.
  package let client: Client
  /// The rows that the client may read.
  package let scope: HistoryScope
  /// The version of the native protocol on its connection. Version 1 has no attributes.
  package let version: UInt16

  /// `version` is the version that both sides of the connection speak.
  package init(client: Client, scope: HistoryScope, version: UInt16) {
    self.client = client
    self.scope = scope
    self.version = version
  }

  func encode(into writer: inout WireWriter) {
    client.encode(into: &writer)
    writer.write(scope.rawValue)
    writer.write(version)
  }

  init(from reader: inout WireReader) throws(WireError) {
    client = try Client(from: &reader)
    scope = HistoryScope(rawValue: try reader.string()) ?? .none
    version = try reader.uint16()
  }
}
