import ArgumentParser
import XferClient
import XferCommand

/// Parses the command line together with the defaults of this user.
enum CommandLineReader {
  /// Returns the command that the arguments name. Throws if they or the defaults are not valid.
  static func command(_ arguments: [String]) throws -> any ParsableCommand {
    guard let name = arguments.first, !arguments.contains("--help-hidden"),
      DefaultTable.all.contains(where: { $0.commands.contains(name) })
    else { return try Xferctl.parseAsRoot(arguments) }
    let options = try defaults(for: name, Array(arguments.dropFirst()))
    do {
      return try parse(arguments, options.map(\.text))
    } catch {
      for option in options where isFault(option.text, arguments) {
        throw ValidationError("\(option.origin): \(Xferctl.message(for: error))")
      }
      throw error
    }
  }

  private static func defaults(
    for command: String, _ arguments: [String]
  ) throws -> [(text: String, origin: String)] {
    do {
      return try Defaults.ofUser(receiver: server(in: arguments)).options(for: command, arguments)
    } catch {
      printError("\(error)")
      throw ExitCode.validationFailure
    }
  }

  /// True if the arguments are valid, and are not with this option.
  private static func isFault(_ option: String, _ arguments: [String]) -> Bool {
    (try? parse(arguments, [])) != nil && (try? parse(arguments, [option])) == nil
  }

  private static func parse(
    _ arguments: [String], _ options: [String]
  ) throws -> any ParsableCommand {
    try Xferctl.parseAsRoot(arguments.prefix(1) + options + arguments.dropFirst())
  }

  /// The receiver that the arguments name.
  static func server(in arguments: [String]) -> String? {
    let option = DefaultTable.server.option
    for (index, argument) in arguments.enumerated() where argument.hasPrefix(option) {
      if argument == option { return index + 1 < arguments.count ? arguments[index + 1] : nil }
      if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.count + 1)) }
    }
    return nil
  }
}
