/// A file of settings, keys or lists that cannot be used, with the reason.
package struct UnusableFile: Error, CustomStringConvertible, Sendable {
  /// The path of the file.
  package let path: String
  /// The reason, phrased to follow the path and a colon.
  package let why: String

  /// `why` is phrased to follow the path and a colon.
  package init(_ path: String, why: String) {
    self.path = path
    self.why = why
  }

  package var description: String { "\(path): \(why)" }
}
