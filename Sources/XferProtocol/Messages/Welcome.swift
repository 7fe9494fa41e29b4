import XferSystem

/// The receiver's reply to the greeting: the version to speak, and the receiver's limits.
package struct Welcome: Equatable, Sendable {
  private static let clock: UInt8 = 1
  private static let clientName: UInt8 = 3
  private static let clientPrefix: UInt8 = 5

  /// The version that both sides speak from here on.
  package let version: UInt16
  /// The receiver's program, for the log.
  package let agent: String
  /// The maximum number of offers without a reply.
  package let window: UInt32
  /// The maximum number of bytes after one content frame.
  package let content: UInt32
  /// The maximum size, in bytes, of a file that may travel with its offer.
  package let eager: UInt32
  /// Attribute 1: the receiver's clock at the greeting, in microseconds since 1970. Attribute 3:
  /// the name of an identified client. Attribute 5: the directory below which its files are
  /// published, with which the names in receipts begin.
  package let attributes: WireAttributes

  /// The limits are those of `WireLimits`. `now` is the receiver's clock. `client` is the name of
  /// the client that is greeted; nil if it is not identified. `prefix` is the directory of its
  /// files; nil for all of them.
  package init(
    version: UInt16, agent: String, now: Timestamp? = nil, client: String? = nil,
    prefix: FileName? = nil
  ) {
    self.version = version
    self.agent = agent
    self.window = UInt32(WireLimits.window)
    self.content = UInt32(WireLimits.content)
    self.eager = UInt32(WireLimits.eager)
    var attributes = WireAttributes()
    if let now { attributes.set(Welcome.clock, to: now.microseconds) }
    if let client { attributes.set(Welcome.clientName, to: client) }
    if let prefix { attributes.set(Welcome.clientPrefix, to: prefix.text) }
    self.attributes = attributes
  }

  /// The receiver's clock at the greeting; nil if the receiver did not send it.
  package var now: Timestamp? {
    attributes.int64(Welcome.clock).map(Timestamp.init(microseconds:))
  }

  /// The name by which the receiver knows this client; nil if the receiver has not identified it.
  package var client: String? { attributes.text(Welcome.clientName) }

  /// Returns the name under which the receiver publishes a file that this client offers as `name`.
  package func publishedName(of name: FileName) -> FileName? {
    guard let prefix = attributes.text(Welcome.clientPrefix) else { return name }
    return try? FileName("\(prefix)/\(name.text)")
  }

  /// Returns the name under which this client offered a published file: the reverse of
  /// `publishedName`. A name that is not below the client's directory stays as it is.
  package func ownName(of name: FileName) -> FileName {
    guard let prefix = attributes.text(Welcome.clientPrefix),
      name.text.utf8.starts(with: "\(prefix)/".utf8)
    else { return name }
    return (try? FileName(String(name.text.utf8.dropFirst(prefix.utf8.count + 1)) ?? "")) ?? name
  }

  func encode(into writer: inout WireWriter) {
    writer.write(version)
    writer.write(agent)
    writer.write(window)
    writer.write(content)
    writer.write(eager)
    attributes.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    version = try reader.uint16()
    agent = try reader.peerText()
    window = try reader.uint32()
    content = try reader.uint32()
    eager = try reader.uint32()
    attributes = try WireAttributes(from: &reader)
  }
}
