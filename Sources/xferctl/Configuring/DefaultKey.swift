/// A default that a person may set in the file `config` or in the environment. It is the name of an
/// option without its dashes.
struct DefaultKey: Sendable {
  /// The part of the file in which the key may stand. Each may also stand in the section of a
  /// receiver, for that receiver alone.
  enum Section: String, CaseIterable, Sendable {
    /// Before the first section: the connection of all commands.
    case connection = ""
    case send, history
  }

  /// The form of a value.
  enum Kind: Sendable {
    /// Text, which the option checks.
    case value
    /// Yes or no. The option has no value.
    case flag
  }

  /// The name of the option without dashes.
  let name: String
  let section: Section
  let kind: Kind
  /// The commands that have the option.
  let commands: Set<String>
  /// Options that exclude this one: the default does not count if one of them is given.
  let others: Set<String>

  init(
    _ name: String, _ section: Section, _ kind: Kind = .value, commands: Set<String>? = nil,
    unless others: Set<String> = []
  ) {
    self.name = name
    self.section = section
    self.kind = kind
    self.commands = commands ?? [section.rawValue]
    self.others = others
  }

  /// The variable of the environment, such as XFER_RETRY_FOR or XFER_HISTORY_FORMAT.
  var variable: String {
    let part = section == .history ? "HISTORY_" : ""
    return "XFER_" + part + name.uppercased().replacing("-", with: "_")
  }

  var option: String { "--" + name }
}
