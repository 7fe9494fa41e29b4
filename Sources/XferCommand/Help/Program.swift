import ArgumentParser
import Glibc
import XferSystem

/// The start of a program. ArgumentParser parses its commands; the help and the suggestions are
/// those of this module.
package enum Program {
  /// Runs the command that the arguments of this process name, and ends the process. `parse`
  /// returns the command of arguments, if that is not left to the parser.
  package static func run(
    _ root: any ParsableCommand.Type,
    parsing parse: (([String]) throws -> any ParsableCommand)? = nil
  ) -> Never {
    let arguments = arguments
    answerHelp(root, arguments)
    let path = CommandPath(of: root, words: arguments)
    refuseUnknown(path)
    if path.rest.first == "--version" {
      Terminal.out(root.configuration.version + "\n")
      exit(EXIT_SUCCESS)
    }
    let parser = parser(of: path)
    do {
      let words = arguments.dropFirst(parser == root ? 0 : 1)
      let known = words.map { longHelp[$0] ?? $0 }
      var command = try parse?(known) ?? parser.parseAsRoot(known)
      if parser == root { try refuseOptionsInFront(of: type(of: command)) }
      try command.run()
      parser.exit()
    } catch {
      end(path, after: error, of: parser)
    }
  }

  /// The arguments of this process without its name, in the form of `PathText`, so that paths of
  /// any bytes can be given.
  private static var arguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map {
        PathText.text(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      }
    }
  }

  /// Ends the process after an error. Incorrect usage is reported in the words and with the name of
  /// this program, like any other error.
  private static func end(
    _ path: CommandPath, after error: any Error, of parser: any ParsableCommand.Type
  ) -> Never {
    guard parser.exitCode(for: error).rawValue == ExitStatus.usage.rawValue, !(error is ExitCode)
    else { parser.exit(withError: error) }
    printError(parser.message(for: error))
    printError("\"\(path.names.joined(separator: " ")) --help\" shows how to use it")
    exit(ExitStatus.usage.rawValue)
  }

  /// The names of ArgumentParser for options that are easier to guess here.
  private static let longHelp = ["--help-all": "--help-hidden"]

  /// The command to parse as a program of its own: the program itself, or a command of a program
  /// that has options, because these could be given in front of the command otherwise.
  private static func parser(of path: CommandPath) -> any ParsableCommand.Type {
    let first = path.commands.dropFirst().first
    return first.flatMap { isProgram($0) ? $0 : nil } ?? path.commands[0]
  }

  private static func isProgram(_ command: any ParsableCommand.Type) -> Bool {
    command.configuration._superCommandName != nil
  }

  private static func refuseOptionsInFront(of command: any ParsableCommand.Type) throws {
    guard isProgram(command) else { return }
    throw ValidationError("the command \"\(command._commandName)\" must be the first word")
  }

  /// Prints the help and ends the process, if the arguments ask for it, or if they name a group of
  /// commands and none of them.
  private static func answerHelp(_ root: any ParsableCommand.Type, _ arguments: [String]) {
    let isCommand = arguments.first == "help"
    let path = CommandPath(of: root, words: arguments.dropFirst(isCommand ? 1 : 0))
    if isCommand { refuseUnknown(path) }
    guard isCommand || asksForHelp(path), let screen = try? HelpScreen(path) else { return }
    Terminal.out(screen.text + "\n")
    exit(EXIT_SUCCESS)
  }

  private static func asksForHelp(_ path: CommandPath) -> Bool {
    let given = path.rest.prefix { $0 != "--" }
    // Words of such a command may begin with -h, so that its help has no short name.
    let hasShort = path.command.configuration.helpNames == nil
    if given.contains("--help") || hasShort && given.contains("-h") { return true }
    guard path.rest.isEmpty, !path.command.configuration.subcommands.isEmpty else { return false }
    return path.command.configuration.defaultSubcommand == nil && !hasOptions(path)
  }

  private static func hasOptions(_ path: CommandPath) -> Bool {
    let program = try? CommandDescription(ofProgram: path.commands[0])
    let arguments = program?.command(at: path).described ?? []
    return arguments.contains { !$0.isBuiltIn }
  }

  /// Prints an error and ends the process, if a word that should name a command does not.
  private static func refuseUnknown(_ path: CommandPath) {
    guard let word = path.misspelt else { return }
    let program = path.names.joined(separator: " ")
    let guess = path.suggestion(for: word).map { "; did you mean \"\(program) \($0)\"?" } ?? ""
    printError("unknown command \"\(word)\"\(guess)")
    printError("\"\(program) --help\" shows the commands")
    exit(ExitStatus.usage.rawValue)
  }
}
