/// The first message of a client. Attribute 2 asks the receiver to enrol the client. Attribute 3
/// names the set to which the files of the connection belong.
package struct Hello: Equatable, Sendable {
  /// The highest version of the protocol that the client speaks.
  package let version: UInt16
  /// The client's program and its version, for the log.
  package let agent: String
  /// The attributes.
  package let attributes: WireAttributes

  /// The wish to be enrolled; nil if there is none, or if it is malformed.
  package var join: JoinRequest? { attributes[JoinRequest.attribute].flatMap(JoinRequest.init) }

  private static let setAttribute: UInt8 = 3

  /// The set to which the files of this connection belong; nil if there is none, or if the attribute
  /// is malformed.
  package var set: SetReference? {
    attributes[Hello.setAttribute].flatMap(SetReference.init(value:))
  }

  /// `agent` is the program and its version.
  package init(
    version: UInt16 = WireLimits.version, agent: String, join: JoinRequest? = nil,
    set: SetReference? = nil
  ) {
    self.version = version
    self.agent = agent
    var attributes = WireAttributes()
    attributes[JoinRequest.attribute] = join?.value
    attributes[Hello.setAttribute] = set?.value
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
