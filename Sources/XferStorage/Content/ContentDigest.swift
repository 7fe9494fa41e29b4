import SystemPackage
import XferProtocol
import XferSystem

import struct Crypto.SHA256
import struct Crypto.SHA256Digest

/// The SHA-256 of a file that grows. New content is hashed where it lies, by whoever has it: the session, or a
/// thread of the `ContentPipeline`. A file that is resumed has a thread of its own that reads behind the
/// writer: it compares what was there with its sums, and hashes that and the new bytes.
final class ContentDigest {
  private enum Way {
    case none
    case here(SHA256)
    /// The thread is started by the first byte that is to be read.
    case behind(FollowingReader?)
  }

  private let file: FileDescriptor
  private let method: DigestMethod
  /// Of what is there of a resumed file.
  private let sums: ContentSums
  private var way: Way

  init(of file: FileDescriptor, _ method: DigestMethod, existing sums: ContentSums) {
    self.file = file
    self.method = method
    self.sums = sums
    way = sums.length > 0 ? .behind(nil) : method == .none ? .none : .here(SHA256())
  }

  /// True where a thread reads what is there of a resumed file.
  var rereads: Bool { if case .behind = way { true } else { false } }

  /// True where new content must be read again, too.
  var readsNewContent: Bool { rereads && method == .sha256 }

  /// Takes content that comes next.
  func update(with bytes: UnsafeRawBufferPointer) {
    guard case .here(var hash) = way else { return }
    hash.update(bufferPointer: bytes)
    way = .here(hash)
  }

  /// Content up to `length` is written. Throws where what was there is damaged or cannot be read.
  func grow(to length: Int64) throws {
    guard case .behind = way else { return }
    let reader = try reader()
    if let failure = reader.failure { throw failure }
    if readsNewContent { reader.grow(to: length) }
  }

  /// Bytes that were read again; nil where none are.
  var position: Int64? {
    if case .behind(let reader) = way { reader?.position ?? 0 } else { nil }
  }

  /// Waits for the last byte.
  func finish() throws -> Digest? {
    switch way {
    case .none: nil
    case .here(let hash): try Digest(hash.finalize())
    case .behind: try reader().finish().map { try Digest($0) }
    }
  }

  /// Ends a thread that reads. Not while another thread is in `finish`.
  func stop() {
    if case .behind(let reader?) = way { reader.stop() }
  }

  /// Makes a thread end that is in `finish`.
  func abandon() {
    if case .behind(let reader?) = way { reader.abandon() }
  }

  /// Begins to read what is there, if it has to be: before another thread may call `finish`.
  func begin() throws {
    if case .behind = way { _ = try reader() }
  }

  private func reader() throws -> FollowingReader {
    if case .behind(let reader?) = way { return reader }
    let reader = try FollowingReader(file: file, comparing: sums, hashes: method == .sha256)
    reader.grow(to: sums.length)
    way = .behind(reader)
    return reader
  }
}

extension Digest {
  init(_ digest: SHA256Digest) throws {
    guard let value = Digest(bytes: Array(digest)) else { throw UnfinishedDigest() }
    self = value
  }
}
