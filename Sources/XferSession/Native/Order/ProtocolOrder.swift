import XferProtocol

/// The legal order of the native protocol on one connection: docs/protocol.md, "The legal order".
///
/// It is a value without sockets, files and clocks. `receive` takes each message of the client and
/// returns the step that follows, or throws if the message is illegal now. The conversation reports
/// its answers and the changes of its transfers. An illegal one among those is a bug of this
/// program, and ends the process.
struct ProtocolOrder: Equatable, Sendable {
  private enum Phase {
    /// Nothing has arrived.
    case new
    /// The magic has arrived.
    case begun
    /// The greeting has arrived.
    case greeted
  }

  private var phase = Phase.new
  /// The version that is spoken on this connection.
  private(set) var version: UInt16 = 1
  /// True if the files of the connection belong to a set.
  private(set) var hasSet = false
  /// True if the client has closed its sending side.
  private(set) var inputHasEnded = false
  /// The used tags.
  var tags = TransferTags()

  /// True if the client has greeted.
  var isGreeted: Bool { phase == .greeted }

  /// Takes the first four bytes of the connection. Throws if they are not those of the protocol.
  mutating func receive(magic: some Sequence<UInt8>) throws(WireError) {
    guard phase == .new, magic.elementsEqual(WireLimits.magic) else {
      throw WireError("it does not begin with the four bytes of xfer", isDamage: true)
    }
    phase = .begun
  }

  /// Takes the next message of the client and returns the step that follows. Throws if the message
  /// is illegal now. The offset and the length of content are checked when it is appended, because
  /// its file may have to be opened first.
  mutating func receive(_ message: ClientMessage) throws(WireError) -> ProtocolStep {
    guard isGreeted else { return try receive(greeting: message) }
    return switch message {
    case .hello: throw WireError("a second greeting on one connection")
    case .offer(let offer): try receive(offer)
    case .content(let header): try receive(header)
    case .withdraw(let withdrawal): receive(withdrawal)
    case .ping(let ping): .pong(ping)
    case .ask(let question): .answer(question)
    case .announce(let part): try receive(part)
    case .complete(let claim): try receive(claim)
    }
  }

  private func receive(_ part: Announcement) throws(WireError) -> ProtocolStep {
    guard hasSet else { throw WireError("a list of files, and the greeting names no set") }
    return .announce(part)
  }

  private func receive(_ claim: SetClaim) throws(WireError) -> ProtocolStep {
    guard hasSet else { throw WireError("a complete set, and the greeting names no set") }
    return .complete(claim)
  }

  private mutating func receive(greeting: ClientMessage) throws(WireError) -> ProtocolStep {
    guard phase == .begun, case .hello(let hello) = greeting else {
      throw WireError("the first message is not a greeting")
    }
    phase = .greeted
    version = min(hello.version, WireLimits.version)
    hasSet = hello.set != nil
    return .welcome(hello)
  }

  private mutating func receive(_ offer: Offer) throws(WireError) -> ProtocolStep {
    guard tags[offer.tag] == nil else { throw WireError("the tag \(offer.tag) is in use") }
    guard tags.openCount < WireLimits.window else {
      throw WireError("more than \(WireLimits.window) offers without an answer")
    }
    guard !offer.isEager || offer.size <= WireLimits.eager else {
      throw WireError(
        "an offer with \(offer.size) bytes of content; \(WireLimits.eager) are allowed")
    }
    tags[offer.tag] = TransferOrder(offer)
    return .begin(offer)
  }

  private mutating func receive(_ header: ContentHeader) throws(WireError) -> ProtocolStep {
    guard var transfer = tags[header.tag],
      transfer.state.expectsContent || transfer.state == .discarding
    else { throw WireError("content for tag \(header.tag), which expects none") }
    transfer.announced = header.end
    if transfer.state.expectsContent {
      tags[header.tag] = transfer
      return .append(header)
    }
    tags[header.tag] = header.end < transfer.size ? transfer : nil
    return .discard(header)
  }

  private mutating func receive(_ withdrawal: Withdrawal) -> ProtocolStep {
    guard let transfer = tags[withdrawal.tag], transfer.state.canBeWithdrawn else { return .ignore }
    tags[withdrawal.tag] = nil
    return .withdraw(withdrawal)
  }

  /// Takes the end of the client's input. Answers that are due are still sent.
  mutating func endInput() { inputHasEnded = true }

  /// True if the client's input has ended too early: before the greeting, in the middle of a
  /// transfer, or in the middle of a message, of which `hasRest` says that a part has arrived.
  func isCut(hasRest: Bool) -> Bool {
    inputHasEnded && (!isGreeted || expectsContent || hasRest)
  }
}
