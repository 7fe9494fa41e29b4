import XferProtocol

/// The value of an option that names a file or a directory at the receiver.
package enum SendName {
  /// Throws a `BadName` if no receiver accepts the name. Slashes at its end make a directory of it.
  package static func check(_ name: String) throws(BadName) {
    _ = try FileName(String(name.reversed().drop { $0 == "/" }.reversed()))
  }
}
