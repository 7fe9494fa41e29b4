import Glibc
import SystemPackage
import XferSystem

/// A directory that the command line names. All that is sent of it is opened beneath it and through no
/// link, so that whatever is put there while the run lasts leads nowhere else.
final class SourceDirectory {
  let named: String
  /// The same with a slash at its end.
  let path: String
  /// Where it is, whatever links led there.
  let resolved: String
  private let device: UInt64
  private let inode: UInt64

  /// Follows links: they are what was named.
  init(path: String) throws(SystemFailure) {
    named = path
    self.path = path.hasSuffix("/") ? path : path + "/"
    let directory = try Directory(path: path)
    defer { directory.close() }
    let status = try directory.descriptor.status()
    (device, inode) = (status.device, status.identity.inode)
    resolved = ResolvedDirectories.resolve(path)
  }

  /// Opens it again. Throws where something else has its name now.
  func open() throws -> Directory {
    let directory = try Directory(path: named)
    do {
      let status = try directory.descriptor.status()
      guard status.device == device, status.identity.inode == inode else {
        throw Unsendable("the directory \"\(named)\" was replaced by another one")
      }
      return directory
    } catch {
      directory.close()
      throw error
    }
  }

  /// The path from this directory on, of what lies in it.
  func below(_ path: String) -> String {
    String(decoding: path.utf8.dropFirst(self.path.utf8.count), as: UTF8.self)
  }
}

/// Opens the files of a run. The directory of the last one is kept open: the files of one come in a row.
final class Sources {
  /// Not to wait for the writer of a pipe, nor to get a terminal.
  private static let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC

  private var last: (source: SourceDirectory, directory: Directory)?

  deinit { last?.directory.close() }

  /// Opens a file: one that was named itself through links, one of a directory only beneath that.
  func open(_ file: FileToSend) throws -> FileDescriptor {
    guard let source = file.source else {
      let raw = try retrying("open it") { Glibc.open(file.path, Sources.flags) }
      return FileDescriptor(rawValue: raw)
    }
    do {
      return try directory(source).openFile(source.below(file.path), Sources.flags)
    } catch let failure as SystemFailure where failure.errno == .tooManySymbolicLinkLevels {
      throw Unsendable("it is a symbolic link now, or lies behind one")
    }
  }

  private func directory(_ source: SourceDirectory) throws -> Directory {
    if let last, last.source === source { return last.directory }
    let directory = try source.open()
    last?.directory.close()
    last = (source, directory)
    return directory
  }
}

/// A file that cannot be sent as it is, and why: trying again does not help.
struct Unsendable: Error, CustomStringConvertible {
  let description: String
  init(_ why: String) { description = why }
}
