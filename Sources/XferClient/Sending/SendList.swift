import XferProtocol
import XferSystem

/// The files that a command line names, with the names that they get at the receiver: a file its
/// own name, a file in a directory its path from that directory on.
public struct SendList {
  public private(set) var files: [FileToSend] = []
  /// What is named and cannot be sent, and why.
  public private(set) var problems: [(path: String, why: String)] = []
  /// What lies in a directory and is no regular file: passed over, as by rsync.
  public private(set) var skipped: [(path: String, what: String)] = []

  private let naming: Naming

  /// `name` is `--as`: the name of a single file or directory, or, where it ends with a slash or
  /// several are sent, the directory to put them in.
  public init(_ paths: [String], as name: String? = nil) {
    naming = Naming(name, isSingle: paths.count == 1)
    for path in paths { add(path) }
  }

  public var bytes: UInt64 { files.reduce(0) { $0.adding($1.size) } }

  private mutating func add(_ path: String) {
    do {
      guard let status = try FileStatus.of(path: path) else {
        return problems.append((path, "there is no such file"))
      }
      let name = naming.name(for: path)
      if status.isDirectory {
        try addAll(of: SourceDirectory(path: path), as: name)
      } else if status.isRegular {
        add(path, as: name, status)
      } else {
        problems.append((path, "it is neither a file nor a directory"))
      }
    } catch {
      problems.append((path, "\(error)"))
    }
  }

  private mutating func addAll(of source: SourceDirectory, as name: String) throws {
    let root = try source.open()
    defer { root.close() }
    add(Place(source: source, root: root, path: "", name: name))
  }

  /// A directory, with all that is in it. One that cannot be read is a problem of its own; what is beside
  /// it is sent, and so is what could be read of it.
  private mutating func add(_ place: Place) {
    do {
      for (entry, status) in try entries(of: place) {
        let next = place.below(entry)
        if status.isDirectory {
          add(next)
        } else if status.isRegular {
          add(next.shown, as: next.name, status, in: place.source)
        } else {
          skipped.append((next.shown, status.isLink ? "a symbolic link" : "no regular file"))
        }
      }
    } catch {
      problems.append((place.shown, "\(error)"))
    }
  }

  /// What is in a directory, in the order of the names. It is closed before those in it are opened.
  private mutating func entries(of place: Place) throws -> [(String, FileStatus)] {
    let directory = try place.open()
    defer { directory.close() }
    let listing = try directory.listing()
    if let trouble = listing.trouble { problems.append((place.shown, "\(trouble)")) }
    for entry in listing.unusable {
      problems.append((place.below(entry).shown, "its name is not UTF-8"))
    }
    return listing.names.sorted().compactMap { entry in
      do {
        return try directory.status(of: entry).map { (entry, $0) }
      } catch {
        problems.append((place.below(entry).shown, "\(error)"))
        return nil
      }
    }
  }

  private mutating func add(
    _ path: String, as name: String, _ status: FileStatus, in source: SourceDirectory? = nil
  ) {
    do {
      let name = try FileName(name)
      files.append(FileToSend(path: path, name: name, size: UInt64(status.size), in: source))
    } catch {
      problems.append((path, error.description + "; give another with --as"))
    }
  }
}
