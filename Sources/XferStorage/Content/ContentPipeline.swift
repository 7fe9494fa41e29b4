import SystemPackage
import XferProtocol
import XferSystem

/// The way of content from a session to its files: the session fills blocks in turn, one thread
/// writes them and another one hashes them meanwhile. Whoever is slowest sets the pace; nobody reads
/// a block from the file again. One for each session, whatever number of files it takes; the threads
/// are there from the first long file on.
public final class ContentPipeline {
  /// One block that comes in, one that is written, one that is hashed.
  private static let depth = 3
  private static let blockSize = Int(WireLimits.content)

  /// What was in a block, and whose it is. The digest is touched by the hasher alone until `drain`.
  private struct Piece: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    let writer: ContentWriter
    let digest: ContentDigest?
  }

  private enum Follower: Int, CaseIterable {
    case writer, hasher

    func follow(_ ring: FollowedRing<Piece>) {
      while let piece = ring.next(for: rawValue) {
        use(piece)
        ring.finish(rawValue)
      }
    }

    /// What a write throws the writer keeps, for the session to ask.
    private func use(_ piece: Piece) {
      switch self {
      case .writer: try? piece.writer.write(piece.bytes)
      case .hasher: piece.digest?.update(with: piece.bytes)
      }
    }
  }

  private let ring = FollowedRing<Piece>(capacity: depth, followers: Follower.allCases.count)
  private var blocks: [AlignedBuffer?] = Array(repeating: nil, count: depth)
  private var threads: [BackgroundThread] = []
  private let pace = DiskPace()

  public init() {}

  /// Ends the threads: nobody uses a block any more.
  deinit {
    ring.close()
    for thread in threads { thread.join() }
  }

  /// A block to be filled, when nobody uses it any more. It stays the same until it is passed on.
  public var block: UnsafeMutableRawBufferPointer {
    let slot = ring.freeSlot()
    let block = blocks[slot] ?? AlignedBuffer(size: ContentPipeline.blockSize)
    blocks[slot] = block
    return block.bytes
  }

  /// A writer for content that is passed on here.
  func writer(
    of file: FileDescriptor, from offset: Int64, _ care: ContentCare
  ) -> ContentWriter {
    ContentWriter(file, from: offset, care, directAt: pace)
  }

  /// Passes content on, which is copied where it does not lie in the block.
  func pass(
    _ bytes: UnsafeRawBufferPointer, to writer: ContentWriter, _ digest: ContentDigest?
  ) throws {
    try startThreads()
    let block = block
    if bytes.baseAddress != UnsafeRawPointer(block.baseAddress) { block.copyMemory(from: bytes) }
    let part = UnsafeRawBufferPointer(rebasing: block.prefix(bytes.count))
    ring.pass(Piece(bytes: part, writer: writer, digest: digest))
  }

  /// Waits until all that was passed on is written, or has failed, and hashed.
  func drain() { ring.drain() }

  /// Those that are not there yet: where one could not be started, the next file tries it again.
  private func startThreads() throws {
    while threads.count < Follower.allCases.count {
      let (follower, ring) = (Follower.allCases[threads.count], ring)
      threads.append(try BackgroundThread { follower.follow(ring) })
    }
  }
}
