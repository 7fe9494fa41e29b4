import XferProtocol
import XferSystem

/// Lists the files of a selection.
struct Lister {
  private let selection: Selection
  private let naming: Naming
  private(set) var list = SendList()

  init(_ selection: Selection) {
    self.selection = selection
    naming = Naming(selection.name, isSingle: selection.paths.count == 1)
    if let names = selection.names {
      addNamed(names)
    } else {
      for path in selection.paths { add(path) }
    }
  }

  private mutating func add(_ path: String) {
    do {
      guard let status = try FileStatus.of(path: path) else {
        return list.problems.append((path, "no such file or directory"))
      }
      let own = Naming.lastComponent(of: path)
      guard own.isEmpty || !excludes(own, status) else { return }
      if status.isDirectory {
        try addAll(of: SourceDirectory(path: path), as: naming.name(for: path), own: own)
      } else if status.isRegular {
        if isNewer(status) { addFile(path, as: naming.name(for: path), status) }
      } else {
        list.problems.append((path, "it is neither a regular file nor a directory"))
      }
    } catch {
      list.problems.append((path, "\(error)"))
    }
  }

  private mutating func addAll(of source: SourceDirectory, as name: String, own: String) throws {
    let root = try source.open()
    defer { root.close() }
    addDirectory(
      ListedDirectory(source: source, root: root, name: name, place: own), source.status)
  }

  /// Adds everything in a directory, and then the directory. One that cannot be read completely is
  /// a problem; its readable entries and its siblings are sent. Returns true if it adds something.
  @discardableResult
  private mutating func addDirectory(_ directory: ListedDirectory, _ status: FileStatus) -> Bool {
    var hasContent = false
    do {
      for (entry, status) in try entries(of: directory) {
        if addEntry(directory.entry(entry, status), status) { hasContent = true }
      }
    } catch {
      list.problems.append((directory.shown, "\(error)"))
    }
    guard !directory.name.isEmpty, hasContent || isNewer(status) else { return hasContent }
    return addDirectoryItself(directory, hasContent: hasContent)
  }

  /// Returns the entries of a directory, sorted by name. The directory is closed before its
  /// subdirectories are opened, so that few descriptors are open at once.
  private mutating func entries(of directory: ListedDirectory) throws -> [(String, FileStatus)] {
    let opened = try directory.open()
    defer { opened.close() }
    let listing = try opened.listing()
    if let trouble = listing.trouble { list.problems.append((directory.shown, "\(trouble)")) }
    return listing.names.sorted().compactMap { entry in
      do {
        return try opened.status(of: entry).map { (entry, $0) }
      } catch {
        list.problems.append((directory.shown(entry), "\(error)"))
        return nil
      }
    }
  }

  private mutating func addEntry(_ entry: ListedDirectory, _ status: FileStatus) -> Bool {
    if status.isLink, selection.links == .follow { return follow(entry) }
    if excludes(entry.place, status) { return false }
    if status.isDirectory { return addDirectory(entry, status) }
    if status.isRegular { return isNewer(status) && addFile(entry, status) }
    guard status.isLink else {
      list.skipped.append((entry.shown, "not a regular file"))
      return false
    }
    if selection.links == .keep { return isNewer(status) && addLink(entry) }
    list.skippedLinks += 1
    return false
  }

  /// Adds what is behind a symbolic link under the name of the link. A directory that contains the
  /// link would have no end.
  private mutating func follow(_ link: ListedDirectory) -> Bool {
    do {
      guard let status = try FileStatus.of(path: link.shown) else {
        list.problems.append((link.shown, "it is a symbolic link to a file that does not exist"))
        return false
      }
      if excludes(link.place, status) { return false }
      if status.isDirectory { return try followDirectory(link) }
      if status.isRegular {
        return isNewer(status) && addFile(link.shown, as: link.name, status)
      }
      list.skipped.append((link.shown, "not a regular file"))
    } catch {
      list.problems.append((link.shown, "\(error)"))
    }
    return false
  }

  private mutating func followDirectory(_ link: ListedDirectory) throws -> Bool {
    let source = try SourceDirectory(path: link.shown)
    let root = try source.open()
    defer { root.close() }
    guard let directory = link.followed(to: source, root: root) else {
      list.problems.append(
        (link.shown, "it is a symbolic link to a directory that contains it"))
      return false
    }
    return addDirectory(directory, source.status)
  }

  private func excludes(_ place: String, _ status: FileStatus) -> Bool {
    selection.filter.excludes(place, isDirectory: status.isDirectory)
  }

  private func isNewer(_ status: FileStatus) -> Bool {
    selection.newerThan.map { status.modified / 1000 >= $0.microseconds } ?? true
  }
}

// Names that are given one by one.
extension Lister {
  private mutating func addNamed(_ names: [String]) {
    do {
      let source = try SourceDirectory(path: selection.paths.first ?? ".")
      let root = try source.open()
      defer { root.close() }
      let base = ListedDirectory(source: source, root: root, name: naming.directory, place: "")
      // Bytes, because two texts are equal if they write a character in two ways.
      var seen: Set<[UInt8]> = []
      for name in names {
        let parts = name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
          .filter { $0 != "." }
        guard !parts.contains("..") else {
          list.problems.append((name, "it has the component \"..\""))
          continue
        }
        let path = parts.joined(separator: "/")
        if !parts.isEmpty, seen.insert(Array(path.utf8)).inserted { addNamed(path, in: base) }
      }
    } catch {
      list.problems.append((selection.paths.first ?? ".", "\(error)"))
    }
  }

  private mutating func addNamed(_ path: String, in base: ListedDirectory) {
    do {
      guard let status = try base.root.status(of: path) else {
        return list.problems.append(
          (
            base.shown(path),
            "no such file or directory, or a symbolic link leads to it"
          ))
      }
      let entry = base.entry(path, status)
      guard !selection.filter.excludesWithParents(path, isDirectory: status.isDirectory) else {
        return
      }
      if status.isDirectory {
        if isNewer(status) { addDirectoryItself(entry, hasContent: false) }
      } else {
        _ = addEntry(entry, status)
      }
    } catch {
      list.problems.append((base.shown(path), "\(error)"))
    }
  }
}

// Additions to the list.
extension Lister {
  private mutating func addFile(_ entry: ListedDirectory, _ status: FileStatus) -> Bool {
    addFile(entry.shown, as: entry.name, status, in: entry.source)
  }

  @discardableResult
  private mutating func addFile(
    _ path: String, as name: String, _ status: FileStatus, in source: SourceDirectory? = nil
  ) -> Bool {
    guard let name = checked(name, of: path) else { return false }
    list.files.append(
      FileToSend(path: path, name: name, size: UInt64(status.size), in: source))
    return true
  }

  private mutating func addLink(_ entry: ListedDirectory) -> Bool {
    guard let name = checked(entry.name, of: entry.shown) else { return false }
    list.files.append(
      FileToSend(path: entry.shown, name: name, size: 0, kind: .link, in: entry.source))
    return true
  }

  /// Adds a directory without its content. A name that is not allowed is a problem of the content,
  /// if there is any.
  @discardableResult
  private mutating func addDirectoryItself(
    _ directory: ListedDirectory, hasContent: Bool
  ) -> Bool {
    if let name = try? FileName(directory.name) {
      list.directories.append(
        FileToSend(
          path: directory.shown, name: name, size: 0, kind: .directory, in: directory.source))
    } else if !hasContent {
      _ = checked(directory.name, of: directory.shown)
    }
    return true
  }

  /// Returns the name. One that is not allowed is a problem.
  private mutating func checked(_ name: String, of path: String) -> FileName? {
    do {
      return try FileName(name)
    } catch {
      list.problems.append((path, error.description + "; use --as to send it under another name"))
      return nil
    }
  }
}
