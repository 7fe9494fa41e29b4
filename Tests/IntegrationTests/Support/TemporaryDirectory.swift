import Foundation

/// A directory for one test, which is removed when the object is released.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "xfer-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes a file of that many bytes, with content that depends on the seed, and returns its path.
  @discardableResult
  func file(_ name: String, bytes: Int, seed: UInt64 = 1) throws -> String {
    let path = path + "/" + name
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Content.bytes(bytes, seed: seed).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Makes a large file of random bytes and returns its path.
  func noise(_ name: String, bytes: Int) async throws -> String {
    let path = path + "/" + name
    let command = "head -c \(bytes) /dev/urandom > \(path)"
    _ = try await Programs.run("/usr/bin/env", ["sh", "-c", command])
    return path
  }

  func text(_ name: String, _ text: String) throws -> String {
    let path = path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }
}

/// Content that compresses badly and is the same in every run.
enum Content {
  static func bytes(_ count: Int, seed: UInt64) -> Data {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var words = [UInt64](repeating: 0, count: count / 8 + 1)
    for index in words.indices {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      words[index] = state
    }
    return words.withUnsafeBytes { Data($0.prefix(count)) }
  }
}

/// Returns true if both files have the same bytes.
func sameContent(_ left: String, _ right: String) -> Bool {
  FileManager.default.contentsEqual(atPath: left, andPath: right)
}
