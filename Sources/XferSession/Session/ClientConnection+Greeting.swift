import XferProtocol

// The greeting of a client that may join.
extension ClientConnection {
  /// The bytes of the magic and of the largest first frame.
  private static let longestGreeting =
    WireLimits.magic.count + WireLimits.frameHeader + WireLimits.payload

  /// Returns true if the client greets in order to be enrolled. The greeting stays in the input.
  func isJoining() throws -> Bool {
    while true {
      let start = Array(input.content.prefix(ClientConnection.longestGreeting))
      if !start.starts(with: WireLimits.magic.prefix(start.count)) { return false }
      if start.count > WireLimits.magic.count {
        let copy = FrameBuffer(capacity: ClientConnection.longestGreeting)
        copy.space().copyBytes(from: start[WireLimits.magic.count...])
        copy.filled(start.count - WireLimits.magic.count)
        if let frame = try copy.nextFrame() {
          guard case .hello(let hello) = try ClientMessage(frame) else { return false }
          return hello.join != nil
        }
      }
      try awaitMore()
    }
  }

  /// Takes the magic and the greeting. Throws if they are not complete in time.
  func greeting() throws -> Hello {
    while input.count < WireLimits.magic.count { try awaitMore() }
    guard input.take(WireLimits.magic.count).elementsEqual(WireLimits.magic) else {
      throw PeerFailure(.malformed, "it does not begin with the four bytes of xfer")
    }
    guard case .hello(let hello) = try ClientMessage(try frame()) else {
      throw PeerFailure(.malformed, "the first message is not a greeting")
    }
    return hello
  }

  /// Takes the proof that a client has the secret of its invite.
  func proof() throws -> [UInt8] {
    guard case .proof(let proof) = try JoinMessage(try frame()) else {
      throw PeerFailure(.malformed, "the answer to a challenge is not a proof")
    }
    return proof
  }

  private func frame() throws -> Frame {
    while true {
      if let frame = try input.nextFrame() { return frame }
      try awaitMore()
    }
  }

  private func awaitMore() throws {
    guard try fillHeader() else {
      throw PeerFailure(.cut, "the connection ended before the greeting")
    }
  }
}
