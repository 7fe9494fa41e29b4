import ArgumentParser
import XferHistory
import XferStorage

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a consistent copy of the history.",
    discussion: """
      Runs on the receiver's host, while the receiver runs or not. The copy is a history that \
      "xferctl history --database" reads, and that can be put in the place of a lost one.

      Exit status: 0 copied, 64 wrong usage, 74 failed.
      """)

  @Argument(help: ArgumentHelp("The copy; it must not be there yet.", valueName: "file"))
  var file: String

  @OptionGroup var data: DataOptions

  func run() throws {
    let directory = try data.directory()
    try orFail {
      try HistoryReader(path: DataDirectory(reading: directory).databasePath).backUp(to: file)
    }
  }
}
