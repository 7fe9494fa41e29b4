import FoundationEssentials
import Glibc
import XferIdentity
import XferSystem

/// A directory for one test, which is removed when the object is released.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/xfer-identity-\(UUID().uuidString)"
    mkdir(path, 0o755)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func directory() throws -> PrivateDirectory { try PrivateDirectory(path) }

  /// The permission bits of a file.
  func mode(of name: String) -> mode_t {
    var status = stat()
    return stat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  /// The names of the files, without those of locks.
  func names() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasSuffix(".lock") })
  }
}
