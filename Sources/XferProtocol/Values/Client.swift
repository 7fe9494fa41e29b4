/// The client of a transfer or of a question.
///
/// A client that is identified has a name, which the receiver's operator gave to its key. It keeps
/// the name if its address changes. Any other client has its address only.
///
/// Two values may be the same client at two addresses. So code compares `key`, and a `Client` is
/// not `Hashable`.
package struct Client: Equatable, Sendable, CustomStringConvertible {
  /// The IP address, without a port.
  package let address: String
  /// The name of an identified client; nil if the client is not identified.
  ///
  /// A name has 1 to 64 bytes: ASCII letters, digits, `.`, `_` and `-`, the first a letter or a
  /// digit. It is not an IP address. The module that reads the operator's names checks this.
  package let name: String?

  /// Creates a client with an IP address, and with the name of an identified client.
  package init(address: String, name: String? = nil) {
    self.address = address
    self.name = name
  }

  /// The text to which transfer ids, partial files, shares of the disk and figures belong: the
  /// name, or the address of a client without a name. No name is an address, so that a key never
  /// belongs to two clients.
  package var key: String { name ?? address }

  /// The name and the address; the address alone if there is no name.
  package var description: String { name.map { "\($0) (\(address))" } ?? address }

  /// The fields of a log line that concerns this client: `client` is its key, and `address` the
  /// address of an identified client.
  package var logFields: [String: String] {
    name == nil ? ["client": key] : ["client": key, "address": address]
  }

  /// Reads the form that sessions send to the recorder. Throws if the input ends before the client
  /// does.
  init(from reader: inout WireReader) throws(WireError) {
    address = try reader.string()
    let name = try reader.string()
    self.name = name.isEmpty ? nil : name
  }

  /// Appends the client in the form that sessions send to the recorder: its address, and its name
  /// or an empty text.
  func encode(into writer: inout WireWriter) {
    writer.write(address)
    writer.write(name ?? "")
  }
}
