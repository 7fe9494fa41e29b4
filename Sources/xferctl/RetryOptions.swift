import ArgumentParser
import XferCommand
import XferText

/// The patience of a command with a receiver that cannot serve it yet.
struct RetryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to retry without progress. (default: 5m)",
      valueName: "time"),
    transform: parseTimeSpan)
  var retryFor = TimeSpan(seconds: 300, as: "5m")
}
