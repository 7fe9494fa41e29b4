import Logging
import XferProtocol
import XferStorage
import XferSystem

/// The classic protocol of fork-per-client tutorials: a header of 260 bytes, `ok`, the content,
/// `ok`; one file for each connection. Unlike the receivers of those tutorials it accepts header
/// and content in pieces of any length, and its second `ok` is a receipt.
struct ClassicConversation {
  private let client: ClientConnection
  private let context: SessionContext
  private let intake: Intake
  private let id = TransferID.random()
  private let startedAt = Timestamp.now

  init(_ client: ClientConnection, in context: SessionContext) {
    self.client = client
    self.context = context
    intake = Intake(context)
  }

  /// Receives the file and ends the conversation. Throws a `PeerFailure` if there is no receipt.
  func run() throws {
    let header = try awaitHeader()
    let claimed = Claimed(header)
    var isHandedOver = false
    do {
      let announced = try announced(header)
      try admit(announced)
      client.say(raw: ClassicHeader.ok)
      try client.flush()
      let ticket = try receive(announced)
      isHandedOver = true
      try awaitReceipt(ticket)
      client.say(raw: ClassicHeader.ok)
      client.linger()
    } catch let refusal as Refusal {
      record(claimed, reason: refusal.reason, detail: refusal.sentence, mayBeTold: isHandedOver)
      client.say(raw: ClassicHeader.no)
      client.linger()
      throw PeerFailure(refusal.reason, "refused \"\(claimed.name)\": \(refusal)")
    } catch let failure as PeerFailure {
      record(claimed, reason: failure.reason, detail: failure.description)
      throw failure
    }
  }

  /// The name and size of the header, made harmless for the history.
  private struct Claimed {
    let name: String
    let size: Int64

    init(_ header: [UInt8]) {
      name = ClassicHeader.printableName(header)
      size = Int64(ClassicHeader.announcedSize(header))
    }
  }

  private func announced(_ header: [UInt8]) throws -> AnnouncedFile {
    let (name, size) = try ClassicHeader.parse(header)
    return AnnouncedFile(
      id: id, name: name, size: size, client: context.client, wire: .classic,
      startedAt: startedAt)
  }

  private func awaitHeader() throws -> [UInt8] {
    do {
      return try readHeader()
    } catch let late as PeerFailure where late.reason == .timeout {
      client.say(raw: ClassicHeader.no)
      client.linger()
      throw late
    }
  }

  private func readHeader() throws -> [UInt8] {
    while client.input.count < ClassicHeader.size {
      guard try client.fillHeader() else {
        throw PeerFailure(.cut, "the connection ended in the middle of the header")
      }
    }
    context.slot.noteIdentified()
    try client.beginCounting()
    return Array(client.input.take(ClassicHeader.size))
  }

  private func admit(_ announced: AnnouncedFile) throws {
    let size = announced.size
    try intake.checkSize(size)
    try intake.checkRunning()
    try intake.checkPlace()
    try intake.space.check(Int64(size))
    if let obstacle = try intake.obstacle(to: announced) { throw obstacle }
  }

  /// Receives and seals the content, and hands the file to the recorder. Returns the ticket of that
  /// request. After an error a partial file is removed, because it cannot be resumed.
  private func receive(_ announced: AnnouncedFile) throws -> UInt64 {
    do {
      return try receiveFile(announced)
    } catch {
      intake.discard(announced)
      throw error is PeerFailure ? error : intake.refusal(for: error)
    }
  }

  private func receiveFile(_ announced: AnnouncedFile) throws -> UInt64 {
    let options = context.options.classicContentOptions
    guard let file = try intake.open(announced, options: options) else {
      throw Refusal(.busy, "the transfer is held by another process")
    }
    defer { file.close(keeping: false) }
    try receiveContent(of: file)
    return intake.handOver(announced, file, digest: try intake.seal(file))
  }

  private func receiveContent(of file: IncomingFile) throws {
    while !file.isWhole {
      let left = min(file.size - file.received, Int64(WireLimits.content))
      let block = intake.block(of: Int(left))
      try client.readContent(into: block) { true }
      intake.count(received: block.count)
      try file.append(UnsafeRawBufferPointer(block), crc: 0)
    }
  }

  private func awaitReceipt(_ ticket: UInt64) throws {
    switch try context.answer(to: ticket) {
    case .receipt(_, let receipt): context.noteDelivery(receipt)
    // The recorder removes the file, because a row may name it.
    case .refusal(_, let refusal): throw refusal
    case .done, .enrolled, .completed:
      throw Refusal(.unavailable, "the recorder returned no receipt")
    }
  }

  private func record(
    _ claimed: Claimed, reason: Reason, detail: String, mayBeTold: Bool = false
  ) {
    context.recordFailure(
      FailedTransfer(
        id: id, name: claimed.name, size: claimed.size, client: context.client,
        wire: .classic, startedAt: startedAt, reason: reason, detail: detail,
        mayBeTold: mayBeTold))
  }
}
