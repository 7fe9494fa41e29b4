import Glibc
import SystemPackage
import XferSystem

/// `boot-id` in the data directory: on which start of the machine the receiver works, by the
/// kernel's id of it (random(4)).
///
/// What is in of a transfer is not synced before its seal. As long as the machine runs, nothing of
/// it can be lost; after a loss of power a file may be as long as it was and lack some of its
/// content. So a mark of another start tells that what lies in `incoming/` cannot be believed. A
/// receiver that ends in order syncs it and takes the mark away.
public struct BootMark {
  private static let name = "boot-id"

  private let data: DataDirectory
  /// Nil where the kernel does not tell.
  private let boot: String?

  public init(_ data: DataDirectory) throws {
    self.data = data
    boot = try? BootMark.text(in: "/proc/sys/kernel/random", "boot_id")
  }

  /// Whether the machine went down under a receiver that had not ended, as far as can be known.
  public func tellsOfPowerLoss() throws -> Bool {
    let marked = try marked()
    return marked != nil && marked != boot
  }

  /// From here on what comes in may be lost with the power. The mark is there whole or not at all: a
  /// recorder that dies in the middle of this must not leave half a mark, which would be taken for
  /// another start's.
  public func set() throws {
    if let boot, try marked() == boot { return }
    let directory = try Directory(path: data.path)
    defer { directory.close() }
    let new = BootMark.name + ".new"
    let file = try directory.openFile(new, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
    defer { try? file.close() }
    var text = boot ?? "unknown"
    try text.withUTF8 { try file.writeAll(UnsafeRawBufferPointer($0), at: 0) }
    try file.syncData()
    Failpoint.pass("recorder.marking")
    try directory.rename(new, to: BootMark.name)
    try directory.sync()
  }

  /// Makes all that is in durable, so that it can be believed whatever happens. `incoming/` may be on another
  /// file system than the mark.
  public func clear() throws {
    try data.incoming.syncFileSystem()
    let directory = try Directory(path: data.path)
    defer { directory.close() }
    try directory.remove(BootMark.name)
  }

  private func marked() throws -> String? { try BootMark.text(in: data.path, BootMark.name) }

  private static func text(in path: String, _ name: String) throws -> String? {
    let directory = try Directory(path: path)
    defer { directory.close() }
    guard try directory.status(of: name) != nil else { return nil }
    let file = try directory.openFile(name, O_RDONLY)
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = try bytes.withUnsafeMutableBytes { try file.readAll(into: $0, at: 0) }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
