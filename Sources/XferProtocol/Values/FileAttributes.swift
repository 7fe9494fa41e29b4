/// The properties of a file at its sender beside its name and its content. The receiver keeps those
/// that its settings allow.
package struct FileAttributes: Equatable, Sendable {
  /// The kind of a file.
  package enum Kind: Equatable, Sendable {
    /// A regular file, which has content.
    case file
    /// A directory. It has no content.
    case directory
    /// A symbolic link with its target, in the form of `PathText`. It has no content, and the
    /// receiver never follows it.
    case link(target: String)

    /// The target of a link; nil for any other kind.
    package var target: String? { if case .link(let target) = self { target } else { nil } }

    /// The name of the kind in the history's formats.
    package var name: String {
      switch self {
      case .file: "file"
      case .directory: "directory"
      case .link: "link"
      }
    }

    /// The number of the kind on the wire and in the history. It never changes.
    package var number: UInt8 {
      switch self {
      case .file: 0
      case .directory: 1
      case .link: 2
      }
    }
  }

  /// The kind of the file.
  package var kind: Kind
  /// The permission bits; nil if the sender does not say them.
  package var mode: UInt32?
  /// The time of the last change of the content, in nanoseconds since 1970; nil if the sender does
  /// not say it.
  package var modified: Int64?

  /// Creates the properties of a regular file unless `kind` says otherwise.
  package init(kind: Kind = .file, mode: UInt32? = nil, modified: Int64? = nil) {
    self.kind = kind
    self.mode = mode
    self.modified = modified
  }

  /// True for a regular file.
  package var hasContent: Bool { kind == .file }
}
