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
final class ContentDigest {
  private enum Method {
    case none
    /// Content is hashed in memory.
    case inMemory(SHA256)
    /// A thread reads the file; nil until it is started.
    case reading(FollowingReader?)
  }

  private let file: FileDescriptor
  private let digestMethod: DigestMethod
  /// The sums of the content that earlier sessions received.
  private let sums: ContentSums
  private var method: Method

  init(of file: FileDescriptor, _ digestMethod: DigestMethod, existing sums: ContentSums) {
    self.file = file
    self.digestMethod = digestMethod
    self.sums = sums
    method =
      sums.length > 0 ? .reading(nil) : digestMethod == .none ? .none : .inMemory(SHA256())
  }

  /// True if a thread reads the content that earlier sessions received.
  var rereads: Bool { if case .reading = method { true } else { false } }

  /// True if that thread reads new content, too.
  var readsNewContent: Bool { rereads && digestMethod == .sha256 }

  /// Hashes the next content in memory. Does nothing if a thread reads the file.
  func update(with bytes: UnsafeRawBufferPointer) {
    guard case .inMemory(var hash) = method else { return }
    hash.update(bufferPointer: bytes)
    method = .inMemory(hash)
  }

  /// Reports that the file is written up to `length`. Throws if the content of earlier sessions is
  /// found to be damaged or cannot be read.
  func grow(to length: Int64) throws {
    guard case .reading = method else { return }
    let reader = try reader()
    if let failure = reader.failure { throw failure }
    if readsNewContent { reader.grow(to: length) }
  }

  /// The number of bytes that the thread has read; nil if the file is not read.
  var position: Int64? {
    if case .reading(let reader) = method { reader?.position ?? 0 } else { nil }
  }

  /// Waits until the whole content is hashed. Returns nil if no digest is wanted.
  func finish() throws -> Digest? {
    switch method {
    case .none: nil
    case .inMemory(let hash): try Digest(hash.finalize())
    case .reading: try reader().finish().map { try Digest($0) }
    }
  }

  /// Ends the reading thread and waits for it. Must not be called while another thread is in
  /// `finish`.
  func stop() {
    if case .reading(let reader?) = method { reader.stop() }
  }

  /// Ends the reading thread without waiting, so that a thread in `finish` returns.
  func abandon() {
    if case .reading(let reader?) = method { reader.abandon() }
  }

  /// Starts the reading thread if one is needed. Must be called before another thread calls
  /// `finish`.
  func begin() throws {
    if case .reading = method { _ = try reader() }
  }

  private func reader() throws -> FollowingReader {
    if case .reading(let reader?) = method { return reader }
    let reader = try FollowingReader(
      file: file, comparing: sums, hashes: digestMethod == .sha256)
    reader.grow(to: sums.length)
    method = .reading(reader)
    return reader
  }
}

extension Digest {
  /// Converts the result of a hash.
  init(_ digest: SHA256Digest) throws {
    guard let value = Digest(bytes: Array(digest)) else { throw UnfinishedDigest() }
    self = value
  }
}
