import XferSystem

/// The files to send, as a command line selects them.
package struct Selection: Sendable {
  /// The files and directories.
  package var paths: [String]
  /// The value of `--as`: the name of a single file or directory. If it ends with a slash, or if
  /// there are several paths, it is the directory at the receiver for all of them.
  package var name: String?
  /// Names relative to the only path, or to the current directory if there is none, instead of
  /// everything in the paths; nil without `--files-from`.
  package var names: [String]?
  /// The rules of `--include` and `--exclude`.
  package var filter = FileFilter()
  /// Only what was changed after this time is sent; nil for everything.
  package var newerThan: Timestamp?
  /// The handling of symbolic links in directories.
  package var links = LinkHandling.skip

  /// Selects everything in `paths`.
  package init(_ paths: [String]) { self.paths = paths }

  /// Sets the names to those of a file, or of standard input for `-`. They are lines, or end with a
  /// NUL each if `endsWithNUL` is true. Throws if the file cannot be read.
  package mutating func readNames(from file: String, endsWithNUL: Bool) throws {
    let end: UInt8 = endsWithNUL ? 0 : 0x0a
    names = try InputFile.content(of: file).split(separator: end).map { PathText.text($0) }
  }
}

/// The handling of symbolic links that are found in directories. A link that is named itself is
/// followed in any case.
package enum LinkHandling: String, CaseIterable, Sendable {
  /// Links are counted and not sent.
  case skip
  /// Links are sent as links.
  case keep
  /// The files and directories behind links are sent in their place.
  case follow
}
