import ArgumentParser
import XferClient
import XferCommand

/// The defaults of this user: those of the file `config`, and those of the environment, which take
/// precedence. Options on the command line take precedence over both.
struct Defaults {
  private let file: ConfigFile
  /// The receiver of the command line, for the section of which values are looked up first.
  private let receiver: String?

  /// The defaults of this process. Throws if the file cannot be used.
  static func ofUser(receiver: String?) throws -> Defaults {
    let home = ClientHome()
    let file = try ConfigFile(home.path + "/config")
    let chosen =
      receiver ?? environment(DefaultTable.server.variable)
      ?? file.value(of: DefaultTable.server, for: nil)?.text
    return Defaults(file: file, receiver: try chosen ?? onlyReceiver(in: home))
  }

  private static func onlyReceiver(in home: ClientHome) throws -> String? {
    let known = try home.knownReceivers()
    return known.count == 1 ? known[0].name : nil
  }

  /// Returns the default; nil if there is none.
  func value(of key: DefaultKey) -> ConfigFile.Value? {
    environment(key.variable).map { ConfigFile.Value(text: $0, origin: key.variable) }
      ?? file.value(of: key, for: receiver)
  }

  /// Returns the default of a flag. Throws if it is neither yes nor no.
  func flag(_ key: DefaultKey) throws -> Bool {
    guard let value = value(of: key) else { return false }
    switch value.text {
    case "1", "yes", "true", "on": return true
    case "0", "no", "false", "off": return false
    default:
      throw BadConfig(
        "\(value.origin): \(key.name): invalid value \"\(value.text)\"; expected yes or no")
    }
  }

  /// Returns the options that the defaults add to these arguments of a command, with the places
  /// that set them.
  func options(for command: String, _ arguments: [String]) throws -> [(
    text: String, origin: String
  )] {
    let given = Set(arguments.prefix { $0 != "--" }.map { String($0.prefix { $0 != "=" }) })
    return try DefaultTable.all.compactMap { key in
      guard DefaultTable.isInserted(key), key.commands.contains(command),
        given.isDisjoint(with: key.others.union([key.option])), let value = value(of: key)
      else { return nil }
      switch key.kind {
      case .value: return ("\(key.option)=\(value.text)", value.origin)
      case .flag: return try flag(key) ? (key.option, value.origin) : nil
      }
    }
  }
}
