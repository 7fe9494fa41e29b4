import FoundationEssentials
import SystemPackage
import Testing
import XferProtocol
import XferSystem

@testable import XferStorage

/// A data directory for one test, which is removed when the object is released.
final class TemporaryData {
  let path: String
  let data: DataDirectory

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/xfer-storage-\(TransferID.random())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    data = try DataDirectory(path: path)
  }

  deinit {
    data.incoming.close()
    data.files.close()
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Returns a path below the data directory.
  func path(_ name: String) -> String { path + "/" + name }

  func content(of name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path(name)).map { Array($0) }
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: path(name)))
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Seals a file with the content, as a session does.
  func sealed(_ content: [UInt8]) throws -> TransferID {
    let id = TransferID.random()
    let opened = try IncomingFile(id, size: UInt64(content.count), in: data.incoming)
    let file = try #require(opened)
    try file.append(content)
    _ = try file.seal(sync: false)
    return id
  }

  /// Seals the content and publishes it under a name.
  func publish(_ content: [UInt8], as name: String) throws {
    let names = PublishedFiles(data).newNames()
    defer { names.close() }
    try publish(try sealed(content), as: FileName(name), in: names)
    try names.sync()
  }

  /// Holds and publishes a sealed file, as the recorder does.
  func publish(
    _ id: TransferID, as name: FileName, in names: any NewNames
  ) throws {
    let files = SealedFiles(data, .trusted)
    let size = try #require(try data.incoming.status(of: id.description)).size
    let held = try files.hold(id, size: UInt64(size))
    defer { held.release() }
    try names.publish(held, as: name, mode: nil)
  }

  func obstacle(to name: String) throws -> Refusal? {
    try PublishedFiles(data).obstacle(to: FileName(name))
  }
}

extension IncomingFile {
  func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try append($0, crc: crc32c($0)) }
  }
}

extension GroupSync {
  /// A group sync that is always trusted, as on a receiver with a disk that never failed.
  static let trusted = GroupSync(isTrusted: { true }, distrust: {}, isUnderWay: { _ in })
}

/// Returns bytes without a pattern, the same in every run.
func numbers(_ count: Int) -> [UInt8] {
  var state: UInt32 = 1
  return (0..<count).map { _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(state >> 24)
  }
}
