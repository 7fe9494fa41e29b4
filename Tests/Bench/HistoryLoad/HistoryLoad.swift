import ArgumentParser

/// The benchmark of the history: fills one as the recorder does, and queries it as readers do.
/// Prints one JSON object per line for Tests/Bench/cases/history.py.
@main
struct HistoryLoad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history-load", abstract: "Fill a history and ask it, with a clock beside it.",
    subcommands: [Fill.self, Ask.self])
}
