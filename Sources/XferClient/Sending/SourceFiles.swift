import Glibc
import SystemPackage
import XferProtocol
import XferSystem

/// Opens the files of a run. It keeps the directory of the last file open, because the files of one
/// directory follow each other.
final class SourceFiles {
  /// O_NONBLOCK: do not wait for the writer of a pipe. O_NOCTTY: do not acquire a terminal.
  private static let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC

  private var last: (source: SourceDirectory, directory: Directory)?

  deinit { last?.directory.close() }

  /// Opens a file. Symbolic links are followed only if the file itself is on the command line.
  func open(_ file: FileToSend) throws -> FileDescriptor {
    guard let source = file.source else {
      let raw = try retrying("open the file") {
        file.path.withPath { Glibc.open($0, SourceFiles.flags) }
      }
      return FileDescriptor(rawValue: raw)
    }
    do {
      return try directory(source).openFile(source.relative(file.path), SourceFiles.flags)
    } catch let failure as SystemFailure where failure.errno == .tooManySymbolicLinkLevels {
      throw Unsendable("it is a symbolic link now, or reached through one")
    }
  }

  /// Returns the status of a directory or a symbolic link in a directory of the command line, and
  /// its kind with the target. Throws if it is something else now.
  func properties(of file: FileToSend) throws -> (FileStatus, FileAttributes.Kind) {
    guard let source = file.source else { throw Unsendable("it is not in a directory") }
    let (parent, name) = try source.parent(of: file.path)
    defer { parent.close() }
    let status = try parent.status(of: name)
    if let status, status.isDirectory, file.kind == .directory { return (status, .directory) }
    guard let status, status.isLink, file.kind == .link else {
      throw Unsendable("it is not a \(file.kind.noun) any more")
    }
    return (status, .link(target: try parent.target(ofLink: name)))
  }

  private func directory(_ source: SourceDirectory) throws -> Directory {
    if let last, last.source === source { return last.directory }
    let directory = try source.open()
    last?.directory.close()
    last = (source, directory)
    return directory
  }
}
