import XferProtocol

/// A parser that meets the bytes of strangers, with the properties that any bytes must keep.
///
/// A case accepts every input: what the parser refuses is as good as what it takes. Only a broken
/// property is an error, and a crash of the parser.
package enum FuzzCase: String, CaseIterable, Sendable {
  case frames, client, receiver, join, classic, proxy, names, invite, clients, pins, glob
  case certificate, question, parameters

  /// Gives the bytes to the parser. Throws `BrokenProperty`.
  package func check(_ bytes: [UInt8]) throws {
    switch self {
    case .frames: try Frames.check(bytes)
    case .client: try Messages.check(bytes, as: ClientMessage.self)
    case .receiver: try Messages.check(bytes, as: ReceiverMessage.self)
    case .join: try Joining.check(bytes)
    case .classic: try Classic.check(bytes)
    case .proxy: try Proxies.check(bytes)
    case .names: try Names.check(bytes)
    case .invite: try Invites.check(bytes)
    case .clients: try Clients.check(bytes)
    case .pins: try Pins.check(bytes)
    case .glob: try Globs.check(bytes)
    case .certificate: try Certificates.check(bytes)
    case .question: try Questions.check(bytes)
    case .parameters: try Parameters.check(bytes)
    }
  }
}

/// A property that a parser has not kept.
package struct BrokenProperty: Error, CustomStringConvertible {
  package let description: String
}

/// Throws `BrokenProperty` unless the property holds.
func expect(_ holds: Bool, _ property: @autoclosure () -> String) throws {
  if !holds { throw BrokenProperty(description: property()) }
}
