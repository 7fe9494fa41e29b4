import ArgumentParser
import XferCommand
import XferText

/// The patience of a command with a receiver that cannot serve it yet.
struct RetryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to keep retrying without any progress, such as 30s, 5m or 2h. (default: 5m)",
      valueName: "time"),
    transform: parseTimeSpan)
  var retryFor = TimeSpan(seconds: 300, as: "5m")
}
