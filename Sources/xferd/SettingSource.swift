import ArgumentParser
import Glibc

/// Where settings come from: the command line, else the environment, else the default.
struct SettingSource {
  static let prefix = "XFERD_"

  private let environment: [String: String]
  private(set) var known: Set<String> = []

  init(environment: [String: String]) { self.environment = environment }

  static var process: SettingSource { SettingSource(environment: ProcessEnvironment.all) }

  /// The value of a setting. `expected` finishes the sentence "give …" where it cannot be parsed.
  mutating func value<Value>(
    _ option: String, _ typed: String?, expected: String, default fallback: Value,
    _ parse: (String) -> Value?
  ) throws -> Value {
    try optional(option, typed, expected: expected, parse) ?? fallback
  }

  mutating func optional<Value>(
    _ option: String, _ typed: String?, expected: String, _ parse: (String) -> Value?
  ) throws -> Value? {
    let variable = SettingSource.variable(option)
    known.insert(variable)
    guard let text = typed ?? environment[variable] else { return nil }
    if let value = parse(text) { return value }
    let name = typed == nil ? variable : "--\(option)"
    throw ValidationError("\(name): \"\(text)\" will not do; give \(expected)")
  }

  static func variable(_ option: String) -> String {
    prefix + option.uppercased().replacing("-", with: "_")
  }

  /// Variables that look like settings and are none: most likely misspelled.
  var unknown: [String] {
    environment.keys.filter { $0.hasPrefix(SettingSource.prefix) && !known.contains($0) }.sorted()
  }
}

/// The environment as this process got it.
enum ProcessEnvironment {
  static var all: [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let pair = String(cString: entry).split(separator: "=", maxSplits: 1).map(String.init)
      if pair.count == 2 { variables[pair[0]] = pair[1] }
      next += 1
    }
    return variables
  }
}
