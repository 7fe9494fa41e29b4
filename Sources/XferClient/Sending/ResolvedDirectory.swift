import Glibc

/// Returns the directory without a slash at its end, which is an empty text for the root. Returns
/// `path` itself if realpath(3) fails.
func resolvedDirectory(_ path: String) -> String {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let found = realpath(path.isEmpty ? "." : path, &buffer).map { String(cString: $0) } ?? path
  return found == "/" ? "" : found
}
