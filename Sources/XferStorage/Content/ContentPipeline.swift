import SystemPackage
import XferProtocol
import XferSystem

/// Overlaps receiving, writing and hashing of content.
///
/// The session fills blocks in turn. One thread writes them, and another thread hashes them at the
/// same time, so that no block is read from the file again. The slowest of the three sets the pace.
/// A session has one pipeline for all its files. The threads start with the first large file.
package final class ContentPipeline {
  /// One block that is being received, one that is being written, one that is being hashed.
  private static let depth = 3
  private static let blockSize = Int(WireLimits.content)

  /// The filled part of a block and the file that it belongs to. Until `drain` returns, only the
  /// hashing thread may use the digest.
  private struct FilledBlock: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    let writer: ContentWriter
    let digest: ContentDigest
  }

  private enum Follower: Int, CaseIterable {
    case writer, hasher

    func follow(_ ring: FollowedRing<FilledBlock>) {
      while let block = ring.next(for: rawValue) {
        use(block)
        ring.finish(rawValue)
      }
    }

    /// A failed write is kept by the writer; the session checks it.
    private func use(_ block: FilledBlock) {
      switch self {
      case .writer: try? block.writer.write(block.bytes)
      case .hasher: block.digest.update(with: block.bytes)
      }
    }
  }

  private let ring = FollowedRing<FilledBlock>(
    capacity: depth, followers: Follower.allCases.count)
  private var blocks: [AlignedBuffer?] = Array(repeating: nil, count: depth)
  private var threads: [BackgroundThread] = []
  private let throughput = DirectWriteThroughput()

  /// Creates a pipeline without threads and memory; both come with the first large file.
  package init() {}

  /// Ends the threads, so that no thread uses a block any more.
  deinit {
    ring.close()
    for thread in threads { thread.join() }
  }

  /// The block to be filled next, of 1 MiB. Waits until both threads have finished with it. It
  /// stays the same until it is passed on.
  package var block: UnsafeMutableRawBufferPointer {
    let slot = ring.freeSlot()
    let block = blocks[slot] ?? AlignedBuffer(size: ContentPipeline.blockSize)
    blocks[slot] = block
    return block.bytes
  }

  /// Returns a writer for content that is passed through this pipeline.
  func writer(
    of file: FileDescriptor, from offset: Int64, options: ContentOptions
  ) -> ContentWriter {
    ContentWriter(file, from: offset, options: options, measuring: throughput)
  }

  /// Passes content to both threads. Content that is not in `block` is copied there. The digest
  /// must hash in memory. Until `drain` returns, its hash belongs to the hashing thread.
  func pass(
    _ bytes: UnsafeRawBufferPointer, to writer: ContentWriter, hashing digest: ContentDigest
  ) throws {
    try startThreads()
    let block = block
    if bytes.baseAddress != UnsafeRawPointer(block.baseAddress) { block.copyMemory(from: bytes) }
    let filled = UnsafeRawBufferPointer(rebasing: block.prefix(bytes.count))
    ring.pass(FilledBlock(bytes: filled, writer: writer, digest: digest))
  }

  /// Waits until all content that was passed on is hashed, and is written or has failed to be.
  func drain() { ring.drain() }

  /// Starts the missing threads. If one cannot be started, the next block tries it again.
  private func startThreads() throws {
    while threads.count < Follower.allCases.count {
      let (follower, ring) = (Follower.allCases[threads.count], ring)
      threads.append(try BackgroundThread { follower.follow(ring) })
    }
  }
}
