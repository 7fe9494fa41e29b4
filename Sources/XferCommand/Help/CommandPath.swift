import ArgumentParser

/// The command that the words of a command line name, such as `xferd clients accept`.
struct CommandPath {
  /// The commands from the program to the one that is named.
  private(set) var commands: [any ParsableCommand.Type]
  /// The words behind the name of the command.
  private(set) var rest: ArraySlice<String>

  /// Follows the words as far as they name commands.
  init(of root: any ParsableCommand.Type, words: some Collection<String>) {
    commands = [root]
    rest = ArraySlice(words)
    while let word = rest.first, let next = CommandPath.command(named: word, of: command) {
      commands.append(next)
      rest.removeFirst()
    }
  }

  /// The command that is named.
  var command: any ParsableCommand.Type { commands[commands.count - 1] }

  /// The words that name it.
  var names: [String] { commands.map { $0._commandName } }

  /// The first word that should name a command of this one and does not. Nil if there is none, or
  /// if the command has no commands.
  var misspelt: String? {
    guard let word = rest.first, !word.hasPrefix("-"), !command.configuration.subcommands.isEmpty
    else { return nil }
    return word
  }

  /// The command of this one with the name that is most like the word, if one is like it.
  func suggestion(for word: String) -> String? {
    command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      .map { (name: $0._commandName, distance: EditDistance.between(word, $0._commandName)) }
      .filter { $0.distance <= max(1, $0.name.count / 3) || $0.name.hasPrefix(word) }
      .min { $0.distance < $1.distance }?.name
  }

  private static func command(
    named word: String, of command: any ParsableCommand.Type
  ) -> (any ParsableCommand.Type)? {
    command.configuration.subcommands.first {
      $0._commandName == word || $0.configuration.aliases.contains(word)
    }
  }
}

/// The number of letters by which two words differ.
enum EditDistance {
  /// Returns the number of letters to insert, remove, replace, or exchange with their neighbour
  /// (optimal string alignment).
  static func between(_ one: String, _ other: String) -> Int {
    let (one, other) = (Array(one), Array(other))
    var former: [Int] = []
    var last = Array(0...other.count)
    for row in one.indices {
      var next = [row + 1]
      for column in other.indices {
        var best = min(last[column] + (one[row] == other[column] ? 0 : 1), last[column + 1] + 1)
        best = min(best, next[column] + 1)
        if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
          best = min(best, former[column - 1] + 1)
        }
        next.append(best)
      }
      (former, last) = (last, next)
    }
    return last[other.count]
  }
}
