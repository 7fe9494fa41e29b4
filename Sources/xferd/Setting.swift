import ArgumentParser

/// One setting of the receiver: its option, its variable, its default, its values and its help.
///
/// `SettingTable` declares the settings. The option, the help text, the parser and the messages
/// come from there.
struct Setting<Value: Sendable>: Sendable {
  /// The name of the option without its dashes, such as `max-file-size`.
  let name: String
  /// The placeholder of the value in the help text.
  let valueName: String
  /// The help text, followed there by the default.
  let help: String
  /// The default as the help text shows it. Nil if there is none to show.
  let defaultText: String?
  let defaultValue: Value
  /// The values of a shell's completion.
  var completion: CompletionKind? = nil
  /// The valid values, phrased to complete "expected …".
  let expected: String
  /// Returns nil if the text is not a valid value.
  let parse: @Sendable (String) -> Value?

  /// The variable of the environment, such as `XFERD_MAX_FILE_SIZE`.
  var variable: String { SettingText.variablePrefix + name.uppercased().replacing("-", with: "_") }

  fileprivate var argumentHelp: ArgumentHelp {
    let text = defaultText.map { "\(help) (default: \($0))" } ?? help
    return ArgumentHelp(text, valueName: valueName)
  }
}

extension Option where Value == String? {
  /// Declares the option of a setting. Its value stays text, so that a wrong value is refused in
  /// the same words on the command line and in the environment.
  init<Parsed>(_ setting: Setting<Parsed>) {
    self.init(
      name: .customLong(setting.name), help: setting.argumentHelp, completion: setting.completion)
  }
}
