import SystemPackage

/// Resolves the paths of files to absolute ones without symbolic links. It caches the last
/// directory, because the files of one directory follow each other.
final class ResolvedDirectories {
  private var last: (path: String, resolved: String)?

  /// Returns the resolved path of a file.
  func path(of file: FileToSend) -> String {
    if let source = file.source { return source.resolved + "/" + source.relative(file.path) }
    let path = FilePath(file.path)
    return directory(path.removingLastComponent().string) + "/" + (path.lastComponent?.string ?? "")
  }

  private func directory(_ path: String) -> String {
    if let last, last.path == path { return last.resolved }
    let found = resolvedDirectory(path)
    last = (path, found)
    return found
  }
}
