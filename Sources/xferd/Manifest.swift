import ArgumentParser
import XferCommand
import XferSQLite
import XferStorage

struct Manifest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifest", _superCommandName: "xferd",
    abstract: "Print the files of a set, for sha256sum -c.",
    discussion: """
        xferd manifest backup --data /srv/xfer | (cd /srv/xfer/files && sha256sum -c)

      Prints a line of sha256sum for each file of the set, with its name below files/. Directories \
      and links stand in comments. Its SHA-256 is the digest of the set. --missing lists what has \
      not arrived. Works whether or not the receiver is running, and changes nothing.

      Exit status: 0 the set is complete; 64 incorrect usage; 65 it is not; 74 failed, or there is \
      no such set.
      """)

  @OptionGroup var options: ManifestOptions

  @OptionGroup var data: DataOptions

  func run() throws {
    let directory = try data.directory()
    var output: ManifestOutput?
    try exitingOnFailure {
      let history = try SQLiteReader(path: DataDirectory(reading: directory).databasePath)
      guard let set = try history.set(options.set, of: nil) else {
        printError("there is no set \"\(options.set)\"; \"xferd history --sets\" shows them")
        throw ExitCode.failed
      }
      let printing = ManifestOutput(set, options)
      output = printing
      if options.missing {
        try history.missing(ofSet: set.number, printing.print)
      } else {
        try history.members(ofSet: set.number, printing.print)
      }
    }
    try output?.finish()
  }
}
