import Testing
import XferProtocol
import XferStorage
import XferSystem

/// A session of the native protocol, message by message.
@Suite("A native session", .timeLimit(.minutes(2)))
struct NativeSessionTests {
  private let size: UInt64 = 2 << 20

  /// The refusal of the connection, which is the last message.
  private func lastRefusal(of session: RunningSession) throws -> Refusal? {
    guard case .refusal(0, let refusal) = try session.client.message() else { return nil }
    #expect(try session.client.isAtEnd())
    return refusal
  }

  @Test("It greets, and ends when its client has nothing more to say")
  func sessionGreetsAndEnds() throws {
    let session = try RunningSession()
    guard case .welcome(let welcome) = try session.greet() else {
      Issue.record("the first message is not a greeting")
      return
    }
    #expect(welcome.version == WireLimits.version)
    session.client.finish()
    #expect(try session.client.isAtEnd())
    #expect(session.end() == .done)
  }

  @Test("It ends if a client does not complete its greeting in time")
  func sessionEndsWithoutGreeting() throws {
    let session = try RunningSession { $0.headerTimeout = .zero }
    #expect(session.end() == .peerFailed)
  }

  @Test("It refuses a frame by its header if that announces too much")
  func sessionRefusesLongFrameByHeader() throws {
    let session = try RunningSession()
    _ = try session.greet()
    try session.client.send(raw: [0, 1, 0, 0])
    let refusal = try lastRefusal(of: session)
    #expect(refusal?.reason == .corrupt)
    #expect(
      refusal?.sentence == "not the protocol: message of 65536 bytes exceeds the limit of 16384")
    session.client.finish()
    #expect(session.end() == .peerFailed)
  }

  @Test("It accepts an offer from the length of its partial file on")
  func sessionAcceptsOfferFromPartialFile() throws {
    let session = try RunningSession()
    let offer = try Sample.offer(size: size)
    try bring(1 << 20, of: offer, to: session)
    let recorder = try accept(offer, in: session, from: 1 << 20)
    session.client.finish()
    try expectFailure(.cut, at: recorder)
    #expect(session.end() == .peerFailed)
    #expect(try session.client.isAtEnd())
  }

  @Test("It refuses a client that stops in the middle of a transfer")
  func sessionRefusesSilentClient() throws {
    let session = try RunningSession { $0.stallTimeout = .zero }
    let recorder = try accept(try Sample.offer(size: size), in: session, from: 0)
    #expect(try lastRefusal(of: session)?.reason == .timeout)
    session.client.finish()
    try expectFailure(.timeout, at: recorder)
    #expect(session.end() == .peerFailed)
  }

  /// Leaves content of an earlier session in `incoming/`.
  private func bring(_ count: Int, of offer: Offer, to session: RunningSession) throws {
    let id = TransferID.incoming(
      offer.id, from: RunningSession.address, as: try FileName(bytes: offer.name),
      size: offer.size)
    let opened = try IncomingFile(
      id, size: offer.size, in: session.data.incoming, of: RunningSession.address.key)
    let file = try #require(opened)
    let content = [UInt8](repeating: 7, count: count)
    try content.withUnsafeBytes { try file.append($0, crc: crc32c($0)) }
    file.close()
  }

  /// Offers a file that the recorder does not know, and expects the acceptance.
  private func accept(
    _ offer: Offer, in session: RunningSession, from offset: UInt64
  ) throws -> ScriptedPeer {
    _ = try session.greet()
    try session.client.send(.offer(offer))
    let recorder = try session.recorder()
    let request = try recorder.request()
    #expect(
      request
        == .find(ticket: 1, offer.id, client: RunningSession.address, size: offer.size, set: nil))
    try recorder.send(.done(ticket: request.ticket))
    #expect(
      try session.client.message() == .accept(Acceptance(tag: offer.tag, offset: offset)))
    return recorder
  }

  /// Expects the row of a failed transfer, and confirms it.
  private func expectFailure(_ reason: Reason, at recorder: ScriptedPeer) throws {
    let request = try recorder.request()
    guard case .fail(_, let failure) = request else {
      Issue.record("not a failure: \(request)")
      return
    }
    #expect(failure.reason == reason)
    try recorder.send(.done(ticket: request.ticket))
  }
}
