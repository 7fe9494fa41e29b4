/// A file of settings, keys or lists that cannot be used, with the reason.
package struct UnusableFile: Error, CustomStringConvertible, Sendable {
  /// The path of the file.
  package let path: String
  /// The reason, phrased to follow the path and a colon.
  package let why: String
  /// True if another program was changing the file, so that a later attempt may succeed.
  package private(set) var isBusy = false

  /// `why` is phrased to follow the path and a colon.
  package init(_ path: String, why: String) {
    self.path = path
    self.why = why
  }

  /// A file that another program changes for longer than this one can wait.
  package static func busy(_ path: String) -> UnusableFile {
    var file = UnusableFile(path, why: "another program is changing it; try again")
    file.isBusy = true
    return file
  }

  package var description: String { "\(path): \(why)" }
}
