import Glibc
import XferSystem

/// Returns the directory without a slash at its end, which is an empty text for the root. Returns
/// `path` itself if realpath(3) fails.
func resolvedDirectory(_ path: String) -> String {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let isFound = (path.isEmpty ? "." : path).withPath { realpath($0, &buffer) } != nil
  let found =
    isFound
    ? PathText.text(buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))) : path
  return found == "/" ? "" : found
}
