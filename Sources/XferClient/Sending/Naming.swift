/// How a path on the command line becomes a name.
struct Naming {
  private enum Way {
    case own
    case exactly(String)
    case below(String)
  }

  private let way: Way

  init(_ name: String?, isSingle: Bool) {
    switch name {
    case nil: way = .own
    case let name? where name.hasSuffix("/") || !isSingle:
      way = .below(String(name.reversed().drop { $0 == "/" }.reversed()))
    case let name?: way = .exactly(name)
    }
  }

  func name(for path: String) -> String {
    switch way {
    case .own: Naming.lastPart(path)
    case .exactly(let name): name
    case .below(let directory):
      Naming.lastPart(path).isEmpty ? directory : directory + "/" + Naming.lastPart(path)
    }
  }

  /// The last part of a path; empty for `.` and `/`, whose content is sent under its own names.
  private static func lastPart(_ path: String) -> String {
    let parts = path.split(separator: "/")
    guard let last = parts.last, last != ".", last != ".." else { return "" }
    return String(last)
  }
}
