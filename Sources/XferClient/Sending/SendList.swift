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

  public var bytes: UInt64 { files.reduce(0) { $0 + $1.size } }

  private mutating func add(_ path: String) {
    do {
      guard let status = try FileStatus.of(path: path) else {
        return problems.append((path, "there is no such file"))
      }
      let name = naming.name(for: path)
      if status.isDirectory {
        try addDirectory(path, as: name)
      } else if status.isRegular {
        add(path, as: name, status)
      } else {
        problems.append((path, "it is neither a file nor a directory"))
      }
    } catch {
      problems.append((path, "\(error)"))
    }
  }

  private mutating func addDirectory(_ path: String, as name: String) throws {
    let directory = try Directory(path: path)
    defer { directory.close() }
    let (names, unusable) = try directory.names()
    for entry in unusable { problems.append((path + "/" + entry, "its name is not UTF-8")) }
    for entry in names.sorted() {
      let below = path.hasSuffix("/") ? path + entry : path + "/" + entry
      guard let status = try directory.status(of: entry) else { continue }
      if status.isDirectory {
        addBelow(below, as: name.isEmpty ? entry : name + "/" + entry)
      } else if status.isRegular {
        add(below, as: name.isEmpty ? entry : name + "/" + entry, status)
      } else {
        skipped.append((below, status.isLink ? "a symbolic link" : "no regular file"))
      }
    }
  }

  /// A directory that cannot be read is a problem of its own; what is beside it is sent.
  private mutating func addBelow(_ path: String, as name: String) {
    do {
      try addDirectory(path, as: name)
    } catch {
      problems.append((path, "\(error)"))
    }
  }

  private mutating func add(_ path: String, as name: String, _ status: FileStatus) {
    do {
      let name = try FileName(name)
      files.append(FileToSend(path: path, name: name, size: UInt64(status.size)))
    } catch {
      problems.append((path, error.description + "; give another with --as"))
    }
  }
}

/// How a path on the command line becomes a name.
private struct Naming {
  private enum Way {
    case own
    case exactly(String)
    case below(String)
  }

  private let way: Way

  init(_ name: String?, isSingle: Bool) {
    switch name {
    case nil: way = .own
    case let name? where name.hasSuffix("/") || !isSingle:
      way = .below(String(name.reversed().drop { $0 == "/" }.reversed()))
    case let name?: way = .exactly(name)
    }
  }

  func name(for path: String) -> String {
    switch way {
    case .own: Naming.lastPart(path)
    case .exactly(let name): name
    case .below(let directory):
      Naming.lastPart(path).isEmpty ? directory : directory + "/" + Naming.lastPart(path)
    }
  }

  /// The last part of a path; empty for `.` and `/`, whose content is sent under its own names.
  private static func lastPart(_ path: String) -> String {
    let parts = path.split(separator: "/")
    guard let last = parts.last, last != ".", last != ".." else { return "" }
    return String(last)
  }
}
