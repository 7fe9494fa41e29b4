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
  private let id = TransferID.random()
  private let startedAt = Timestamp.now

  init(_ client: ClientConnection, in context: SessionContext) {
    self.client = client
    self.context = context
  }

  /// Receives the file and ends the conversation. Throws a `PeerFailure` if there is no receipt.
  func run() throws {
    let header = try awaitHeader()
    let announced = Announced(header)
    var isHandedOver = false
    do {
      let (name, size) = try ClassicHeader.parse(header)
      try admit(name, size: size)
      client.say(raw: ClassicHeader.ok)
      try client.flush()
      let transfer = try receive(name, size: size)
      isHandedOver = true
      try deliver(transfer)
      client.say(raw: ClassicHeader.ok)
      client.linger()
    } catch let refusal as Refusal {
      record(announced, reason: refusal.reason, detail: refusal.sentence, mayBeTold: isHandedOver)
      client.say(raw: ClassicHeader.no)
      client.linger()
      throw PeerFailure(refusal.reason, "refused \"\(announced.name)\": \(refusal)")
    } catch let failure as PeerFailure {
      record(announced, reason: failure.reason, detail: failure.description)
      throw failure
    }
  }

  /// The name and size of the header, made harmless for the history.
  private struct Announced {
    let name: String
    let size: Int64

    init(_ header: [UInt8]) {
      name = ClassicHeader.printableName(header)
      size = Int64(ClassicHeader.announcedSize(header))
    }
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
    return Array(client.input.take(ClassicHeader.size))
  }

  private func admit(_ name: FileName, size: UInt64) throws {
    guard size <= context.options.largestFile else {
      throw Refusal(
        .tooLarge, "\(size) bytes are more than the \(context.options.largestFile) allowed")
    }
    if context.ending.isDraining { throw Refusal.shuttingDown }
    try context.checkPlace()
    try DiskSpace(context).check(Int64(size))
    if let obstacle = try context.options.published.obstacle(to: name) { throw obstacle }
  }

  /// Receives and seals the content. A partial file is removed, because it cannot be resumed.
  private func receive(_ name: FileName, size: UInt64) throws -> SealedTransfer {
    let incoming = context.options.data.incoming
    do {
      let incomingID = incomingID(name, size: size)
      let pipeline = ContentPipeline()
      guard
        let file = try IncomingFile(
          incomingID, size: size, in: incoming, of: context.client.key,
          options: context.options.classicContentOptions, through: pipeline,
          admit: DiskSpace(context).check)
      else {
        throw Refusal(.busy, "the transfer is held by another process")
      }
      defer { file.close(keeping: false) }
      try receiveContent(of: file, through: pipeline)
      let syncsHere = context.options.isDurable && size >= SessionOptions.ownSync
      return SealedTransfer(
        id: id, name: name, size: size, client: context.client, wire: .classic,
        startedAt: startedAt, digest: try file.seal(sync: syncsHere), isSynced: syncsHere,
        file: file.identity)
    } catch {
      try? IncomingFile.discard(incomingID(name, size: size), in: incoming)
      throw error is PeerFailure ? error : context.refusal(for: error)
    }
  }

  private func receiveContent(of file: IncomingFile, through pipeline: ContentPipeline) throws {
    while !file.isWhole {
      let left = Int(clamping: file.size - file.received)
      let block = UnsafeMutableRawBufferPointer(rebasing: pipeline.block.prefix(left))
      try client.readContent(into: block) { true }
      context.count(received: block.count)
      try file.append(UnsafeRawBufferPointer(block), crc: 0)
    }
  }

  private func incomingID(_ name: FileName, size: UInt64) -> TransferID {
    .incoming(id, from: context.client, as: name, size: size)
  }

  private func deliver(_ transfer: SealedTransfer) throws {
    let ticket = context.recorder.ask { .publish(ticket: $0, transfer) }
    switch try context.answer(to: ticket) {
    case .receipt(_, let receipt): context.noteDelivery(receipt)
    // The recorder removes the file, because a row may name it.
    case .refusal(_, let refusal): throw refusal
    case .done: throw Refusal(.unavailable, "the recorder returned no receipt")
    }
  }

  private func record(
    _ announced: Announced, reason: Reason, detail: String, mayBeTold: Bool = false
  ) {
    context.recordFailure(
      FailedTransfer(
        id: id, name: announced.name, size: announced.size, client: context.client,
        wire: .classic, startedAt: startedAt, reason: reason, detail: detail,
        mayBeTold: mayBeTold))
  }
}
