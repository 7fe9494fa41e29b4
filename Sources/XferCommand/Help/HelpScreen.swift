/// The help of a command on one screen of 80 columns and 24 lines: what it does, how it is called,
/// an example, and the options, the first of them with their texts.
///
/// The text of an option is its first sentence here. `--help-all` has everything.
struct HelpScreen {
  /// The size of a screen. One line is left for the prompt.
  private static let columns = 80
  private static let lines = 23
  /// The lines that the names of the options without texts may take.
  private static let linesOfNames = 3

  private let path: CommandPath
  private let command: CommandDescription
  /// The options that stand behind the others, because many commands have them.
  private let commonNames: Set<String>

  init(_ path: CommandPath) throws {
    let program = try CommandDescription(ofProgram: path.commands[0])
    self.path = path
    command = program.command(at: path)
    // The options of a program stand in their own order.
    commonNames = path.commands.count > 1 ? program.commonNames : []
  }

  /// The screen, without a line end behind it.
  var text: String {
    let full = entries(withDefaults: true)
    let all = head + full.flatMap(\.lines) + names(hidden) + foot
    guard all.count > HelpScreen.lines else { return all.joined(separator: "\n") }
    let brief = entries(withDefaults: false)
    // As many as fit get their texts; the names of the others follow.
    for count in stride(from: brief.count, to: 0, by: -1) {
      let others = names(brief.dropFirst(count).map(\.name) + hidden)
      let part = head + brief.prefix(count).flatMap(\.lines) + others + foot
      if part.count <= HelpScreen.lines { return part.joined(separator: "\n") }
    }
    return (head + names(brief.map(\.name) + hidden) + foot).joined(separator: "\n")
  }

  private var program: String { path.names.joined(separator: " ") }

  private var head: [String] {
    let abstract = Wrapping.lines(of: command.abstract ?? "", width: HelpScreen.columns)
    let examples = command.examples.map { "  " + $0 }
    return abstract + ["", "Usage: \(usage)"] + (examples.isEmpty ? [] : [""] + examples) + [""]
  }

  private var usage: String {
    let options = command.described.contains { $0.kind != "positional" && !$0.isBuiltIn }
    let places = command.described.filter { $0.kind == "positional" }.map(\.usage)
    let words = [program] + places + (options ? ["[<option> ...]"] : [])
    let own = words.joined(separator: " ")
    guard !command.commands.isEmpty else { return own }
    return options || command.defaultSubcommand != nil
      ? "\(own), or \(program) <command>" : "\(program) <command>"
  }

  /// The commands, the arguments, and the options, of which those of many commands are the last.
  private func entries(withDefaults: Bool) -> [HelpEntry] {
    let options = command.described.filter { $0.shouldDisplay && !$0.isBuiltIn }
    let places = options.filter { $0.kind == "positional" }
    let others = options.filter { $0.kind != "positional" }
    let ordered =
      places + others.filter { !commonNames.contains($0.name) }
      + others.filter { commonNames.contains($0.name) }
    return command.commands.map {
      HelpEntry($0.commandName, name: $0.commandName, text: $0.abstract, withDefault: false)
    }
      + ordered.map {
        HelpEntry($0.label, name: $0.name, text: $0.abstract, withDefault: withDefaults)
      }
  }

  /// The names of options that have their texts in --help-all only.
  private var hidden: [String] { command.described.filter { !$0.shouldDisplay }.map(\.name) }

  private func names(_ names: [String]) -> [String] {
    guard !names.isEmpty else { return [] }
    for count in stride(from: names.count, to: 0, by: -1) {
      let rest = names.count - count
      let text =
        "Also: " + names.prefix(count).joined(separator: ", ")
        + (rest > 0 ? ", and \(rest) more" : "")
      let lines = Wrapping.lines(of: text, width: HelpScreen.columns, indent: 6)
      if lines.count <= HelpScreen.linesOfNames { return lines }
    }
    return []
  }

  private var foot: [String] {
    let page = path.commands[0]._commandName
    let section = page == "xferd" ? "8 " : ""
    return ["", "All about it: \(program) --help-all, or man \(section)\(page)"]
  }
}
