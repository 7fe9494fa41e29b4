import ArgumentParser
import XferCommand
import XferSQLite
import XferStorage

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", _superCommandName: "xferd",
    abstract: "Copy the history to a file.",
    discussion: """
        xferd backup /backup/history.sqlite --data /srv/xfer

      Runs on the receiver's host, whether or not the receiver is running. The copy is consistent. \
      "xferd history --database" reads it, and it can replace a lost history.

      Exit status: 0 success, 64 incorrect usage, 74 failed.
      """)

  @Argument(
    help: ArgumentHelp("The file to create; it must not exist.", valueName: "file"),
    completion: .file())
  var file: String

  @OptionGroup var data: DataOptions

  func run() throws {
    let directory = try data.directory()
    try exitingOnFailure {
      try SQLiteReader(path: DataDirectory(reading: directory).databasePath).backUp(to: file)
    }
  }
}
