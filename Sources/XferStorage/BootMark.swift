import Glibc
import SystemPackage
import XferSystem

/// The file `boot-id` in the data directory. It holds the kernel's id of the boot (random(4)) in
/// which the receiver works.
///
/// The content of a transfer is not synced before its seal. While the machine runs, none of it can
/// be lost. After a power loss a file may have its full length and lack some of its content. A mark
/// of another boot therefore means that partial files must not be resumed. A receiver that shuts
/// down in order syncs `incoming/` and removes the mark.
package struct BootMark {
  private static let name = "boot-id"

  private let data: DataDirectory
  /// Nil if the kernel does not report an id.
  private let boot: String?

  /// Creates the mark of a data directory for this boot. It is not written yet.
  package init(_ data: DataDirectory) throws {
    self.data = data
    boot = try? BootMark.text(in: "/proc/sys/kernel/random", "boot_id")
  }

  /// Returns true if the mark is of another boot: the machine went down while a receiver was
  /// running.
  package func detectsPowerLoss() throws -> Bool {
    let marked = try marked()
    return marked != nil && marked != boot
  }

  /// Writes the mark of this boot. From then on a power loss may damage what is received.
  ///
  /// The mark is replaced by a rename. A recorder that died in the middle of a write would leave
  /// half a mark, which would be taken for that of another boot.
  package func set() throws {
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

  /// Syncs all partial files and removes the mark, so that a later power loss does not discard
  /// them. `incoming/` may be on another file system than the mark.
  package func clear() throws {
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
