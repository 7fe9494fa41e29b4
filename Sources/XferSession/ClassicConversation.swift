import Logging
import XferProtocol
import XferStorage
import XferSystem

/// The classic protocol of fork-per-client tutorials: a header of 260 bytes, `ok`, the content,
/// `ok`; one file for each connection. Unlike the receivers of those tutorials it takes the header
/// and the content in whatever pieces they come, and its second `ok` is a receipt.
struct ClassicConversation {
  private let client: ClientConnection
  private let context: SessionContext
  private let id = TransferID.random()
  private let startedAt = Timestamp.now

  init(_ client: ClientConnection, _ context: SessionContext) {
    self.client = client
    self.context = context
  }

  func run() throws {
    let header: [UInt8]
    do {
      header = try readHeader()
    } catch let late as PeerFailure where late.reason == .timeout {
      client.say(raw: ClassicHeader.no)
      client.linger()
      throw late
    }
    let announced = (
      name: ClassicHeader.printableName(header), size: Int64(ClassicHeader.announcedSize(header))
    )
    var isHandedOver = false
    do {
      let (name, size) = try ClassicHeader.parse(header)
      try admit(name, size)
      client.say(raw: ClassicHeader.ok)
      try client.flush()
      let transfer = try receive(name, size)
      isHandedOver = true
      try deliver(transfer)
      client.say(raw: ClassicHeader.ok)
      client.linger()
    } catch let refusal as Refusal {
      fail(announced, refusal.reason, refusal.sentence, mayBeTold: isHandedOver)
      client.say(raw: ClassicHeader.no)
      client.linger()
      throw PeerFailure(refusal.reason, "refused \"\(announced.name)\": \(refusal)")
    } catch let failure as PeerFailure {
      fail(announced, failure.reason, failure.description)
      throw failure
    }
  }

  private func readHeader() throws -> [UInt8] {
    while client.input.count < ClassicHeader.size {
      guard try client.fillHeader() else {
        throw PeerFailure(.cut, "the connection ended in the middle of the header")
      }
    }
    return Array(client.input.take(ClassicHeader.size))
  }

  private func admit(_ name: FileName, _ size: UInt64) throws {
    guard size <= context.options.largestFile else {
      throw Refusal(
        .tooLarge, "\(size) bytes are more than the \(context.options.largestFile) allowed")
    }
    if context.ending.isDraining { throw Refusal.shuttingDown }
    try context.checkPlace()
    try Room(context).check(Int64(size))
    if let obstacle = try PublishedFiles(context.options.data).obstacle(to: name) { throw obstacle }
  }

  /// Takes the content in; a part of it is worth nothing here, as nobody can resume it.
  private func receive(_ name: FileName, _ size: UInt64) throws -> SealedTransfer {
    let incoming = context.options.data.incoming
    do {
      let incomingID = incomingID(name, size)
      let care = context.options.classicCare
      let pipeline = ContentPipeline()
      guard
        let file = try IncomingFile(
          incomingID, size: size, in: incoming, of: context.clientIP, care, through: pipeline,
          admit: Room(context).check)
      else {
        throw Refusal(.busy, "the transfer is held by another process")
      }
      defer { file.close(keeping: false) }
      let syncsHere = context.options.isDurable && size >= SessionOptions.ownSync
      while !file.isWhole {
        let left = Int(clamping: file.size - file.received)
        let part = UnsafeMutableRawBufferPointer(rebasing: pipeline.block.prefix(left))
        try client.readContent(into: part) { true }
        context.count(received: part.count)
        try file.append(UnsafeRawBufferPointer(part), crc: 0)
      }
      return SealedTransfer(
        id: id, name: name, size: size, clientIP: context.clientIP, wire: .classic,
        startedAt: startedAt, digest: try file.seal(sync: syncsHere), isSynced: syncsHere,
        file: file.identity)
    } catch {
      try? IncomingFile.discard(incomingID(name, size), in: incoming)
      throw error is PeerFailure ? error : context.refusal(for: error)
    }
  }

  private func incomingID(_ name: FileName, _ size: UInt64) -> TransferID {
    .incoming(id, from: context.clientIP, as: name, size: size)
  }

  private func deliver(_ transfer: SealedTransfer) throws {
    let ticket = context.recorder.ask { .publish(ticket: $0, transfer) }
    switch try context.answer(to: ticket) {
    case .receipt(_, let receipt): context.noteDelivery(receipt)
    // What is in of it is the recorder's by now, who throws it away: a row may name it.
    case .refusal(_, let refusal): throw refusal
    case .done: throw Refusal(.unavailable, "the recorder gave no receipt")
    }
  }

  private func fail(
    _ announced: (name: String, size: Int64), _ reason: Reason, _ why: String,
    mayBeTold: Bool = false
  ) {
    context.recordFailure(
      FailedTransfer(
        id: id, name: announced.name, size: announced.size, clientIP: context.clientIP,
        wire: .classic, startedAt: startedAt, reason: reason, detail: why, mayBeTold: mayBeTold))
  }
}
