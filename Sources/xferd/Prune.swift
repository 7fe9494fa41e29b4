import ArgumentParser
import Glibc
import XferCommand
import XferHistory
import XferSQLite
import XferStorage
import XferSystem
import XferText

/// Removes rows of the history on request. It uses short transactions, so that a running receiver
/// waits only briefly for each.
struct Prune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", _superCommandName: "xferd",
    abstract: "Remove old rows from the history.",
    discussion: """
        xferd prune --data /srv/xfer --failed-before 90d

      Runs with or without a running receiver, as the same user or as root. Delivered files and \
      the totals are kept. A file without a row is new to the receiver: if it is sent again \
      unchanged, it is delivered again, or refused if its name is taken. The freed space is used \
      for new rows; the database file does not become smaller.

      A time is an age (90d, 12h), a local date or time (2026-11-22, "2026-11-22 10:30"), or \
      RFC 3339.

      Exit status: 0 for success, 64 for wrong usage, 70 for an internal error, 78 if there is no \
      usable history.
      """)

  /// The rows of one transaction, and the pause before the next one in microseconds.
  private static let slice = 200
  private static let pause: UInt32 = 5_000

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp("Remove rows of failed transfers that are older.", valueName: "time"),
    transform: parseMoment)
  var failedBefore: Timestamp?

  @Option(
    help: ArgumentHelp("Remove all rows that are older.", valueName: "time"),
    transform: parseMoment)
  var before: Timestamp?

  func validate() throws {
    guard failedBefore != nil || before != nil else {
      throw ValidationError("nothing to remove; give --failed-before 90d, --before 365d, or both")
    }
  }

  func run() throws {
    let limits = PruneLimits(failedBefore: failedBefore, before: before)
    let directory = try data.directory()
    let history = try open(directory)
    do {
      let count = try remove(limits, from: history)
      Terminal.out(Readable.count(count, of: "row") + " removed\n")
    } catch {
      try fail(.internalError, message: "\(error)")
    }
  }

  private func open(_ directory: String) throws -> SQLiteWriter {
    do {
      return try SQLiteWriter(existing: DataDirectory(reading: directory).databasePath)
    } catch let failure as HistoryFailure {
      try fail(.unusable, message: "\(failure)")
    } catch let failure as SystemFailure {
      try fail(.unusable, message: "\(failure)")
    } catch {
      try fail(.internalError, message: "\(error)")
    }
  }

  private func remove(_ limits: PruneLimits, from history: SQLiteWriter) throws -> Int {
    var count = 0
    while true {
      let removed = try history.prune(limits, atMost: Prune.slice)
      count += removed
      if removed < Prune.slice { break }
      usleep(Prune.pause)
    }
    try history.close()
    return count
  }

  private func fail(_ status: ExitStatus, message: String) throws -> Never {
    printError(message)
    throw ExitCode(status)
  }
}
