import XferSystem

/// The first message of a client. Attribute 2 is kept for an identity and 4 for its proof.
public struct Hello: Equatable, Sendable {
  /// The highest version of the protocol that the client speaks.
  public let version: UInt16
  /// Program and version, for the log.
  public let agent: String
  public let attributes: WireAttributes

  public init(version: UInt16 = WireLimits.version, agent: String) {
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
    agent = try reader.words()
    attributes = try WireAttributes(from: &reader)
  }
}

/// The receiver's answer to the greeting: the version to speak, and its bounds.
public struct Welcome: Equatable, Sendable {
  public let version: UInt16
  public let agent: String
  /// Offers without an answer; bytes behind one content frame; bytes that may travel with an offer.
  public let window: UInt32
  public let content: UInt32
  public let eager: UInt32
  /// Attribute 1: the receiver's clock when it greets, in microseconds since 1970.
  public let attributes: WireAttributes

  public init(version: UInt16, agent: String, now: Timestamp? = nil) {
    self.version = version
    self.agent = agent
    self.window = UInt32(WireLimits.window)
    self.content = UInt32(WireLimits.content)
    self.eager = UInt32(WireLimits.eager)
    var attributes = WireAttributes()
    if let now { attributes.set(1, now.microseconds) }
    self.attributes = attributes
  }

  /// Nil where the receiver does not say it.
  public var now: Timestamp? { attributes.int64(1).map(Timestamp.init(microseconds:)) }

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
    agent = try reader.words()
    window = try reader.uint32()
    content = try reader.uint32()
    eager = try reader.uint32()
    attributes = try WireAttributes(from: &reader)
  }
}
