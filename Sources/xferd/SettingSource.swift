import ArgumentParser

/// The source of settings: the command line, else the environment, else the default.
struct SettingSource {
  private let environment: [String: String]
  private var known: Set<String> = []

  init(environment: [String: String]) { self.environment = environment }

  /// Returns the value of a setting. `typed` is its option on the command line, nil if it was not
  /// given. Throws a `ValidationError` if the text is not a valid value.
  mutating func value<Value>(of setting: Setting<Value>, typed: String?) throws -> Value {
    known.insert(setting.variable)
    guard let text = typed ?? environment[setting.variable] else { return setting.defaultValue }
    if let value = setting.parse(text) { return value }
    let name = name(of: setting, typed: typed)
    throw ValidationError("\(name): invalid value \"\(text)\"; expected \(setting.expected)")
  }

  /// Returns the name by which a setting was given: its option, or its variable.
  func name<Value>(of setting: Setting<Value>, typed: String?) -> String {
    typed == nil ? setting.variable : "--\(setting.name)"
  }

  /// The variables that have the prefix and belong to no setting, probably because they are
  /// misspelled.
  var unknown: [String] {
    environment.keys.filter { $0.hasPrefix(SettingText.variablePrefix) && !known.contains($0) }
      .sorted()
  }
}
