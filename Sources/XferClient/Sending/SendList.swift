import XferProtocol
import XferSystem

/// The files of a command line, with their names at the receiver. A file keeps its own name; a file
/// in a directory gets its path relative to the parent of that directory.
package struct SendList {
  /// The regular files and the links, in the order of the command line and of the names in
  /// directories.
  package internal(set) var files: [FileToSend] = []
  /// The directories, each behind those that it contains. They are offered after all files, because
  /// a new file changes the time of its directory.
  package internal(set) var directories: [FileToSend] = []
  /// Paths that cannot be sent, with the reason.
  package internal(set) var problems: [(path: String, why: String)] = []
  /// Entries of directories that are devices, sockets or pipes. They are skipped, as by rsync.
  package internal(set) var skipped: [(path: String, what: String)] = []
  /// The number of symbolic links that were skipped.
  package internal(set) var skippedLinks = 0

  init() {}

  /// Lists the files of a selection.
  package init(_ selection: Selection) { self = Lister(selection).list }

  /// Lists everything in `paths`. `name` is the value of `--as`.
  package init(_ paths: [String], as name: String? = nil) {
    var selection = Selection(paths)
    selection.name = name
    self.init(selection)
  }

  /// The total size in bytes.
  package var bytes: UInt64 { files.reduce(0) { $0.adding($1.size) } }
}
