import Synchronization
import SystemPackage
import XferProtocol
import XferSystem

/// Removes files of the sender after their receipts have arrived. It removes a file only if it is
/// still the one that was sent: the same inode, size, mtime and ctime.
final class SourceRemover: Sendable {
  /// Files of which a name was removed here. That has changed the ctime of their other names.
  private let unlinked = Mutex<Set<FileIdentity>>([])

  /// Removes the file, unless the receipt does not promise that it survives a loss of power.
  func removal(of delivery: Delivery, _ evidence: Evidence) -> Removal {
    guard delivery.file.kind != .directory else { return .notAsked }
    guard delivery.receipt.durability == .durable else {
      return .kept("the receipt does not promise that it survives a loss of power")
    }
    if case .missing(let why) = evidence { return .kept("it could not be compared: \(why)") }
    do {
      return try remove(delivery)
    } catch {
      return .kept("\(error)")
    }
  }

  private func remove(_ delivery: Delivery) throws -> Removal {
    let (directory, name) = try place(of: delivery.file)
    defer { directory.close() }
    guard let status = try directory.status(of: name) else { return .removed }
    if status.isLink, delivery.file.kind == .file {
      return .kept("it is a symbolic link to the file that was sent")
    }
    guard isSame(status, delivery.status) else {
      return .kept("it has changed since it was sent")
    }
    try directory.remove(name)
    if status.links > 1 { _ = unlinked.withLock { $0.insert(status.identity) } }
    return .removed
  }

  private func isSame(_ status: FileStatus, _ sent: FileStatus) -> Bool {
    if status.isSame(as: sent) { return true }
    let isUnlinked = unlinked.withLock { $0.contains(status.identity) }
    return isUnlinked && status.identity == sent.identity && status.size == sent.size
      && status.modified == sent.modified
  }

  /// Opens the directory of the file, and returns the name in it. The caller closes it.
  private func place(of file: FileToSend) throws -> (Directory, String) {
    guard let source = file.source else {
      let path = FilePath(file.path)
      let parent = path.removingLastComponent().string
      return (try Directory(path: parent.isEmpty ? "." : parent), path.lastComponent?.string ?? "")
    }
    return try source.parent(of: file.path)
  }
}
