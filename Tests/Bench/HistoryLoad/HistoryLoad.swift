import ArgumentParser

/// The bench of the history: fills one as the recorder does, and asks it as readers do. Prints one
/// JSON object a line, for Tests/Bench/history.py.
@main
struct HistoryLoad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history-load", abstract: "Fill a history and ask it, with a clock beside it.",
    subcommands: [Fill.self, Ask.self])
}
