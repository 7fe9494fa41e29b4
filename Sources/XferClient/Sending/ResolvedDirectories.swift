import Glibc
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
    let found = ResolvedDirectories.resolve(path)
    last = (path, found)
    return found
  }

  /// Returns the directory without a slash at its end, which is an empty text for the root. Returns
  /// `path` itself if realpath(3) fails.
  static func resolve(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let found = realpath(path.isEmpty ? "." : path, &buffer).map { String(cString: $0) } ?? path
    return found == "/" ? "" : found
  }
}
