/// The first message of a client. Attribute 2 is reserved for an identity, and 4 for its proof.
package struct Hello: Equatable, Sendable {
  /// The highest version of the protocol that the client speaks.
  package let version: UInt16
  /// The client's program and its version, for the log.
  package let agent: String
  /// The attributes; this version sends none.
  package let attributes: WireAttributes

  /// `agent` is the program and its version.
  package init(version: UInt16 = WireLimits.version, agent: String) {
    self.version = version
    self.agent = agent
    self.attributes = WireAttributes()
  }

  func encode(into writer: inout WireWriter) {
    writer.write(version)
    writer.write(agent)
    attributes.encode(into: &writer)
  }

  init(from reader: inout WireReader) throws(WireError) {
    version = try reader.uint16()
    agent = try reader.peerText()
    attributes = try WireAttributes(from: &reader)
  }
}
