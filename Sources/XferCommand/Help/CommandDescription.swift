import ArgumentParser
import FoundationEssentials

/// A command as its parser describes it (`--experimental-dump-help`). Only the members that a help
/// screen shows are read.
struct CommandDescription: Decodable {
  /// An argument, an option or a flag.
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let kind: String
    let shouldDisplay: Bool
    let isOptional: Bool
    let isRepeating: Bool
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let abstract: String?
  }

  let commandName: String
  let shouldDisplay: Bool
  let abstract: String?
  let discussion: String?
  let defaultSubcommand: String?
  let subcommands: [CommandDescription]?
  let arguments: [Argument]?

  /// Describes a program with all its commands. Throws if the parser's description has another form
  /// than this version knows.
  init(ofProgram root: any ParsableCommand.Type) throws {
    struct Tool: Decodable { let command: CommandDescription }
    self = try JSONDecoder().decode(Tool.self, from: Data(root._dumpHelp().utf8)).command
  }

  /// Returns the description of a command of this program.
  func command(at path: CommandPath) -> CommandDescription {
    path.names.dropFirst().reduce(self) { found, name in
      found.subcommands?.first { $0.commandName == name } ?? found
    }
  }

  /// The names of the options that so many commands of this program have that they say little about
  /// one of them.
  var commonNames: Set<String> {
    let names = everyCommand.flatMap { Set($0.described.map(\.name)) }
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    return Set(counts.filter { $0.value >= CommandDescription.common }.keys)
  }

  private static let common = 4

  private var everyCommand: [CommandDescription] {
    [self] + commands.flatMap(\.everyCommand)
  }

  /// The examples: the first lines of the discussion that are indented.
  var examples: [String] {
    let lines = (discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    let block = lines.drop { !$0.hasPrefix("  ") }.prefix { $0.hasPrefix("  ") }
    return block.map { String($0.drop { $0 == " " }) }
  }

  /// The commands that a help screen shows.
  var commands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
  }

  /// The arguments that have a text. One without is a trap for a former spelling.
  var described: [Argument] { (arguments ?? []).filter { $0.abstract?.isEmpty == false } }
}

extension CommandDescription.Argument {
  /// The name, such as `--server`; of an argument that is not an option, that of its value.
  var name: String {
    guard kind != "positional" else { return place }
    let long = names?.first { $0.kind == "long" } ?? names?.first
    return long.map { ($0.kind == "short" ? "-" : "--") + $0.name } ?? place
  }

  /// The name with its value, such as `--server <name>`.
  var label: String { kind == "option" ? "\(name) \(place)" : name }

  /// The place of the argument in a command line.
  var usage: String {
    let text = isRepeating ? "\(place) ..." : place
    return isOptional ? "[\(text)]" : text
  }

  /// True for --help and --version, which each program has.
  var isBuiltIn: Bool { kind == "flag" && ["help", "version"].contains(valueName) }

  private var place: String { "<\(valueName ?? "value")>" }
}
