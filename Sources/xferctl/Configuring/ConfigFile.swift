import XferClient
import XferSystem

/// The file `config` beside the list of receivers: lines `name = value` in sections `[send]`,
/// `[history]` and `[receiver NAME]`. Lines that begin with `#` or `;` are comments.
struct ConfigFile {
  /// A value with the place that set it.
  struct Value: Equatable {
    let text: String
    /// For messages: the path and the number of the line, or a variable of the environment.
    let origin: String
  }

  /// A place in the file: a section and a key.
  private struct Place: Hashable {
    let section: String
    let key: String
  }

  private static let receiver = "receiver "

  private let path: String
  private var values: [Place: Value] = [:]

  /// Reads the file. Throws if it has a line that cannot be used. A file that does not exist is
  /// empty.
  init(_ path: String) throws {
    self.path = path
    guard try ConfigFile.exists(path) else { return }
    var section = ""
    let lines = try InputFile.lines(of: path)
    for (index, line) in lines.enumerated() {
      let origin = "\(path):\(index + 1)"
      let line = line.trimmed
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if line.hasPrefix("[") {
        section = try ConfigFile.section(line, origin)
      } else {
        try add(line, in: section, origin)
      }
    }
  }

  /// A directory that this user may not search has no file for this user.
  private static func exists(_ path: String) throws -> Bool {
    do {
      return try FileStatus.of(path: path) != nil
    } catch let failure as SystemFailure {
      guard failure.errno == .permissionDenied else { throw failure }
      return false
    }
  }

  /// Returns the value for a receiver, or else that for all of them.
  func value(of key: DefaultKey, for receiver: String?) -> Value? {
    let own = receiver.flatMap {
      values[Place(section: ConfigFile.receiver + $0, key: ConfigFile.name(of: key))]
    }
    return own ?? values[Place(section: key.section.rawValue, key: key.name)]
  }

  /// In the section of a receiver, the keys of the history begin with `history-`, because both
  /// commands have a limit.
  private static func name(of key: DefaultKey) -> String {
    key.section == .history ? "history-\(key.name)" : key.name
  }

  private static func section(_ line: String, _ origin: String) throws -> String {
    let name = line.dropFirst().dropLast().trimmed
    let isReceiver = name.hasPrefix(receiver) && !name.dropFirst(receiver.count).trimmed.isEmpty
    let isKnown = DefaultKey.Section.allCases.contains { $0.rawValue == name } && !name.isEmpty
    guard line.hasSuffix("]"), isReceiver || isKnown else {
      throw BadConfig(
        "\(origin): unknown section \"\(line)\"; expected [send], [history] or [receiver NAME]")
    }
    return isReceiver ? receiver + name.dropFirst(receiver.count).trimmed : name
  }

  private mutating func add(_ line: String, in section: String, _ origin: String) throws {
    guard let equals = line.firstIndex(of: "=") else {
      throw BadConfig("\(origin): expected \"name = value\", found \"\(line)\"")
    }
    let key = line[..<equals].trimmed
    let known = ConfigFile.keys(of: section)
    guard known.contains(key) else {
      let place = section.isEmpty ? "before the first section" : "in [\(section)]"
      throw BadConfig(
        "\(origin): unknown name \"\(key)\" \(place); expected one of "
          + known.joined(separator: ", "))
    }
    let place = Place(section: section, key: key)
    if let former = values[place] {
      throw BadConfig("\(origin): \"\(key)\" is set in \(former.origin) already")
    }
    values[place] = Value(text: line[line.index(after: equals)...].trimmed, origin: origin)
  }

  private static func keys(of section: String) -> [String] {
    if section.hasPrefix(receiver) {
      return DefaultTable.all.filter { $0.name != DefaultTable.server.name }.map(name)
    }
    return DefaultTable.all.filter { $0.section.rawValue == section }.map(\.name)
  }
}

/// A configuration that cannot be used.
struct BadConfig: Error, CustomStringConvertible {
  let description: String

  init(_ why: String) { description = why }
}

extension StringProtocol {
  /// The text without blanks at its ends.
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
