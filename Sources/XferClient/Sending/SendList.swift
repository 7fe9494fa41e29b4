import XferProtocol
import XferSystem

/// The files of a command line, with their names at the receiver. A file keeps its own name; a file
/// in a directory gets its path relative to the parent of that directory.
package struct SendList {
  /// The regular files, in the order of the command line and of the names in directories.
  package private(set) var files: [FileToSend] = []
  /// Paths that cannot be sent, with the reason.
  package private(set) var problems: [(path: String, why: String)] = []
  /// Entries of directories that are not regular files. They are skipped, as by rsync.
  package private(set) var skipped: [(path: String, what: String)] = []

  private let naming: Naming

  /// `name` is the value of `--as`: the name of a single file or directory. If it ends with a
  /// slash, or if there are several paths, it is the directory at the receiver for all of them.
  package init(_ paths: [String], as name: String? = nil) {
    naming = Naming(name, isSingle: paths.count == 1)
    for path in paths { add(path) }
  }

  /// The total size in bytes.
  package var bytes: UInt64 { files.reduce(0) { $0.adding($1.size) } }

  private mutating func add(_ path: String) {
    do {
      guard let status = try FileStatus.of(path: path) else {
        return problems.append((path, "no such file or directory"))
      }
      let name = naming.name(for: path)
      if status.isDirectory {
        try addAll(of: SourceDirectory(path: path), as: name)
      } else if status.isRegular {
        add(path, as: name, status: status)
      } else {
        problems.append((path, "it is neither a regular file nor a directory"))
      }
    } catch {
      problems.append((path, "\(error)"))
    }
  }

  private mutating func addAll(of source: SourceDirectory, as name: String) throws {
    let root = try source.open()
    defer { root.close() }
    add(ListedDirectory(source: source, root: root, path: "", name: name))
  }

  /// Adds a directory with everything in it. A directory that cannot be read completely is a
  /// problem; its readable entries and its siblings are sent.
  private mutating func add(_ directory: ListedDirectory) {
    do {
      for (entry, status) in try entries(of: directory) {
        let next = directory.entry(entry)
        if status.isDirectory {
          add(next)
        } else if status.isRegular {
          add(next.shown, as: next.name, status: status, in: directory.source)
        } else {
          skipped.append((next.shown, status.isLink ? "a symbolic link" : "not a regular file"))
        }
      }
    } catch {
      problems.append((directory.shown, "\(error)"))
    }
  }

  /// Returns the entries of a directory, sorted by name. The directory is closed before its
  /// subdirectories are opened, so that few descriptors are open at once.
  private mutating func entries(of directory: ListedDirectory) throws -> [(String, FileStatus)] {
    let opened = try directory.open()
    defer { opened.close() }
    let listing = try opened.listing()
    if let trouble = listing.trouble { problems.append((directory.shown, "\(trouble)")) }
    return listing.names.sorted().compactMap { entry in
      do {
        return try opened.status(of: entry).map { (entry, $0) }
      } catch {
        problems.append((directory.entry(entry).shown, "\(error)"))
        return nil
      }
    }
  }

  private mutating func add(
    _ path: String, as name: String, status: FileStatus, in source: SourceDirectory? = nil
  ) {
    do {
      let name = try FileName(name)
      files.append(FileToSend(path: path, name: name, size: UInt64(status.size), in: source))
    } catch {
      problems.append((path, error.description + "; use --as to send it under another name"))
    }
  }
}
