/// The client of a transfer or of a question.
///
/// A client is identified by its address. Values carry a `Client` and not an address, so that an
/// identity can be added here alone.
package struct Client: Hashable, Sendable, CustomStringConvertible {
  /// The IP address, without a port.
  package let address: String

  /// Creates a client with an IP address.
  package init(address: String) { self.address = address }

  /// The text to which transfer ids, partial files and shares of the disk belong.
  package var key: String { address }

  package var description: String { address }

  /// Throws if the input ends before the client does.
  init(from reader: inout WireReader) throws(WireError) { address = try reader.string() }

  /// Appends the client.
  func encode(into writer: inout WireWriter) { writer.write(address) }
}
