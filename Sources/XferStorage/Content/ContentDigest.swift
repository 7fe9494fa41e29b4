import SystemPackage
import XferProtocol
import XferSystem

import struct Crypto.SHA256
import struct Crypto.SHA256Digest

/// The SHA-256 of a file that grows.
///
/// New content is hashed in memory by the session or by a thread of the `ContentPipeline`. A
/// resumed file has a thread of its own that reads behind the writer. This thread compares the
/// content of earlier sessions with its sums, and hashes it together with the new content.
///
/// While the hashing thread of a pipeline updates the hash, other threads may use all but `update`
/// and `finish`: neither `rereads` nor the reader is changed by an update.
final class ContentDigest {
  /// True if a thread reads the content that earlier sessions received.
  let rereads: Bool

  private let file: FileDescriptor
  private let digestMethod: DigestMethod
  /// The sums of the content that earlier sessions received.
  private let sums: ContentSums
  /// Hashes content in memory; nil if a thread reads the file, or if no digest is wanted.
  private var hash: SHA256?
  /// The thread that reads the file; nil until it is started.
  private var reader: FollowingReader?

  init(of file: FileDescriptor, _ digestMethod: DigestMethod, existing sums: ContentSums) {
    self.file = file
    self.digestMethod = digestMethod
    self.sums = sums
    rereads = sums.length > 0
    hash = rereads || digestMethod == .none ? nil : SHA256()
  }

  /// True if that thread reads new content, too.
  var readsNewContent: Bool { rereads && digestMethod == .sha256 }

  /// Hashes the next content in memory. Does nothing if a thread reads the file.
  func update(with bytes: UnsafeRawBufferPointer) { hash?.update(bufferPointer: bytes) }

  /// Reports that the file is written up to `length`. Throws if the content of earlier sessions is
  /// found to be damaged or cannot be read.
  func grow(to length: Int64) throws {
    guard rereads else { return }
    let reader = try startedReader()
    if let failure = reader.failure { throw failure }
    if readsNewContent { reader.grow(to: length) }
  }

  /// The number of bytes that the thread has read; nil if the file is not read.
  var position: Int64? { rereads ? reader?.position ?? 0 : nil }

  /// Waits until the whole content is hashed. Returns nil if no digest is wanted.
  func finish() throws -> Digest? {
    if rereads { return try startedReader().finish().map { Digest($0) } }
    return hash.map { Digest($0.finalize()) }
  }

  /// Ends the reading thread and waits for it. Must not be called while another thread is in
  /// `finish`.
  func stop() { reader?.stop() }

  /// Ends the reading thread without waiting, so that a thread in `finish` returns.
  func abandon() { reader?.abandon() }

  /// Starts the reading thread if one is needed. Must be called before another thread calls
  /// `finish`.
  func begin() throws {
    if rereads { _ = try startedReader() }
  }

  private func startedReader() throws -> FollowingReader {
    if let reader { return reader }
    let reader = try FollowingReader(
      file: file, comparing: sums, hashes: digestMethod == .sha256)
    reader.grow(to: sums.length)
    self.reader = reader
    return reader
  }
}
