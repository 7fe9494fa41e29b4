import Logging
import XferProtocol

/// The first step of a conversation: both sides say which version they speak.
extension NativeConversation {
  private static let cutShort = PeerFailure(.cut, "the connection ended before the greeting")

  /// Receives the greeting and queues the reply.
  func greet() throws {
    try order.receive(magic: try magic())
    while !order.isGreeted {
      if let frame = try client.input.nextFrame() {
        try take(try order.receive(try ClientMessage(frame)))
      } else {
        try awaitMore()
      }
    }
    try client.beginCounting()
  }

  private func magic() throws -> UnsafeRawBufferPointer {
    while client.input.count < WireLimits.magic.count { try awaitMore() }
    return client.input.take(WireLimits.magic.count)
  }

  private func awaitMore() throws {
    guard try client.fillHeader() else { throw NativeConversation.cutShort }
  }

  /// Queues the receiver's greeting. Throws if the client must not be served.
  func welcome(_ hello: Hello) throws {
    guard hello.version >= 1, hello.attributes.unknownMandatory(known: []).isEmpty else {
      throw PeerFailure(
        .notSupported, "the greeting asks for something that this receiver does not know")
    }
    set = hello.set
    context.slot.noteIdentified()
    context.log.debug("greeted", metadata: ["agent": "\(hello.agent)"])
    client.say(
      .welcome(
        Welcome(
          version: order.version, agent: "xferd", now: .now, client: context.client.name,
          prefix: context.rights.prefix)))
  }
}
