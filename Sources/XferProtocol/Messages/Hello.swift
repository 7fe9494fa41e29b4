/// The first message of a client. Attribute 2 asks the receiver to enrol the client.
package struct Hello: Equatable, Sendable {
  /// The highest version of the protocol that the client speaks.
  package let version: UInt16
  /// The client's program and its version, for the log.
  package let agent: String
  /// The attributes.
  package let attributes: WireAttributes

  /// The wish to be enrolled; nil if there is none, or if it is malformed.
  package var join: JoinRequest? { attributes[JoinRequest.attribute].flatMap(JoinRequest.init) }

  /// `agent` is the program and its version.
  package init(version: UInt16 = WireLimits.version, agent: String, join: JoinRequest? = nil) {
    self.version = version
    self.agent = agent
    var attributes = WireAttributes()
    attributes[JoinRequest.attribute] = join?.value
    self.attributes = attributes
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
