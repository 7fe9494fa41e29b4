import XferHistory
import XferProtocol

/// The settings of the hooks.
package struct HookOptions: Sendable {
  /// The commands, as a shell runs them, by the kind of their events.
  package var commands: [HookKind: String]
  /// The history, which the process opens for reading.
  package let history: any HistoryStore
  /// The directory of the published files, which is the working directory of the commands.
  package let files: String
  /// The number of commands that run at once.
  package var jobs = 4
  /// The time after which a command is ended, which counts as a failure.
  package var timeout = Duration.seconds(300)
  /// The time for which a failed command is run again.
  package var retryFor = Duration.seconds(86_400)

  /// Creates settings.
  package init(commands: [HookKind: String], history: any HistoryStore, files: String) {
    self.commands = commands
    self.history = history
    self.files = files
  }
}
