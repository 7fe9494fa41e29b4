import XferSystem

/// One line of the manifest of a set. The lines are sorted by the bytes of the names, and each name
/// stands there once, with its last delivery. `sha256sum -c` takes the manifest: it reads the lines
/// of regular files, and ignores the others because they begin with `#`.
package struct ManifestLine: Equatable, Sendable {
  /// The name of the published file.
  package let name: FileName
  /// The kind of the file.
  package let kind: FileAttributes.Kind
  /// The digest of its content; nil if the receiver computes none.
  package let digest: Digest?

  /// Creates a line.
  package init(name: FileName, kind: FileAttributes.Kind, digest: Digest?) {
    self.name = name
    self.kind = kind
    self.digest = digest
  }

  /// The bytes of the line, with its line feed.
  package var bytes: [UInt8] {
    let (name, isEscaped) = ManifestLine.escaped(name.bytes)
    let start: String
    switch kind {
    case .file where digest != nil: start = "\(isEscaped ? "\\" : "")\(digest?.description ?? "")  "
    case .file: start = "# no digest  "
    case .directory: start = "# directory  "
    case .link: start = "# link  "
    }
    var line = Array(start.utf8) + name
    if let target = kind.target {
      line += Array(" -> ".utf8) + ManifestLine.escaped(PathText.bytes(target)).bytes
    }
    return line + [UInt8(ascii: "\n")]
  }

  /// Returns the bytes with `\\`, `\n` and `\r` in place of a backslash, a line feed and a carriage
  /// return, as sha256sum(1) writes them.
  private static func escaped(_ bytes: [UInt8]) -> (bytes: [UInt8], isEscaped: Bool) {
    let letters: [UInt8: Character] = [0x5c: "\\", 0x0a: "n", 0x0d: "r"]
    guard bytes.contains(where: { letters[$0] != nil }) else { return (bytes, false) }
    let escaped = bytes.flatMap { byte in
      letters[byte].map { Array("\\\($0)".utf8) } ?? [byte]
    }
    return (escaped, true)
  }
}
