/// Derives the name at the receiver from a path on the command line.
struct Naming {
  private enum Rule {
    /// The last component of the path.
    case own
    case exactly(String)
    /// The last component of the path, in this directory.
    case below(String)
  }

  private let rule: Rule

  /// `name` is the value of `--as`. `isSingle` is true if there is only one path.
  init(_ name: String?, isSingle: Bool) {
    switch name {
    case nil: rule = .own
    case let name? where name.hasSuffix("/") || !isSingle:
      rule = .below(String(name.reversed().drop { $0 == "/" }.reversed()))
    case let name?: rule = .exactly(name)
    }
  }

  func name(for path: String) -> String {
    let own = Naming.lastComponent(of: path)
    return switch rule {
    case .own: own
    case .exactly(let name): name
    case .below(let directory): own.isEmpty ? directory : directory + "/" + own
    }
  }

  /// The directory at the receiver for names that are given one by one; empty if there is none.
  var directory: String {
    switch rule {
    case .own: ""
    case .exactly(let name), .below(let name): name
    }
  }

  /// Returns an empty name for `.`, `..` and `/`: their content is sent without a directory.
  static func lastComponent(of path: String) -> String {
    let parts = path.split(separator: "/")
    guard let last = parts.last, last != ".", last != ".." else { return "" }
    return String(last)
  }
}
