import XferProtocol
import XferStorage
import XferSystem

/// The steps by which a session takes a file in, for all protocols: admission, partial file,
/// content, seal, and the hand-over to the recorder. A conversation decides the order of the
/// checks, and sends the answers in its protocol. A session has one intake.
final class Intake {
  let context: SessionContext
  /// Collects content that arrives in several reads, and overlaps receiving, writing and hashing of
  /// large files.
  let pipeline = ContentPipeline()
  /// The free space for new content.
  let space: DiskSpace
  /// Carries out seals that take long; nil before the first such seal.
  private(set) var sealer: Sealer?

  init(_ context: SessionContext) {
    self.context = context
    space = DiskSpace(context)
  }

  // MARK: Content

  /// Returns the memory for the next content, of at most 1 MiB. It stays valid until content is
  /// appended to a file.
  func block(of length: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: pipeline.block.prefix(length))
  }

  /// Counts received content bytes for the receiver and for this session.
  func count(received bytes: Int) {
    context.board.add(.bytesReceived, by: Int64(bytes))
    context.slot.count(bytes: bytes)
  }

  // MARK: Seal and hand-over

  /// Starts the seal of a complete file. If it takes long, the sealer carries it out. Otherwise it
  /// is done when this returns.
  func beginSeal(_ file: IncomingFile, of announced: AnnouncedFile) throws {
    let syncs = syncsHere(file)
    if let time = announced.properties.modified { try file.setModified(time) }
    if sealer == nil, file.sealsLong(sync: syncs) {
      sealer = try Sealer(capacity: WireLimits.openFiles)
    }
    try file.beginSeal(sync: syncs, by: sealer)
  }

  /// Seals a complete file and waits until that is done. Returns nil if no digest is computed.
  func seal(_ file: IncomingFile) throws -> Digest? { try file.seal(sync: syncsHere(file)) }

  /// Queues the request to publish a sealed file, and returns its ticket. `resumedAt` is the number
  /// of bytes that earlier transfers had received.
  func handOver(
    _ announced: AnnouncedFile, _ file: IncomingFile, digest: Digest?, resumedAt: UInt64 = 0
  ) -> UInt64 {
    let sealed = announced.sealed(
      digest: digest, isSynced: syncsHere(file), file: file.identity, resumedAt: resumedAt)
    return context.recorder.ask { .publish(ticket: $0, sealed) }
  }

  /// Queues the request to make a directory or a link, and returns its ticket.
  func handOver(_ announced: AnnouncedFile) -> UInt64 {
    context.recorder.ask { .publish(ticket: $0, announced.withoutContent) }
  }

  /// True if the session syncs the file itself.
  private func syncsHere(_ file: IncomingFile) -> Bool {
    context.options.isDurable && file.size >= SessionOptions.ownSync
  }
}
