import Glibc
import SystemPackage

/// Reads the names in a directory one by one, so that the memory does not grow with the directory.
/// Names that are added or removed meanwhile may be returned or not (readdir(3)).
package final class DirectoryStream {
  private let stream: OpaquePointer

  /// Opens the directory again, so that each stream has a position of its own.
  package init(_ directory: Directory) throws(SystemFailure) {
    let copy = try directory.openFile(".", O_RDONLY | O_DIRECTORY)
    guard let stream = fdopendir(copy.rawValue) else {
      let error = Errno(rawValue: errno)
      try? copy.close()
      throw SystemFailure("list a directory", error)
    }
    self.stream = stream
  }

  deinit { closedir(stream) }

  /// Returns the next name in the form of `PathText`, without `.` and `..`. Returns nil at the end.
  package func next() throws(SystemFailure) -> String? {
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw SystemFailure("list a directory", Errno(rawValue: errno)) }
        return nil
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        PathText.text($0.prefix { $0 != 0 })
      }
      if name != ".", name != ".." { return name }
    }
  }
}
