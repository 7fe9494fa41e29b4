import ArgumentParser
import Glibc
import SystemPackage
import XferHistory
import XferStorage
import XferSystem
import XferText

/// Removes rows by hand. It writes in short transactions, so that a running receiver waits for each as it does for any
/// other program that holds the history for a moment.
struct Prune: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xferd prune",
    abstract: "Remove old rows from the history.",
    discussion: """
      Runs beside the receiver or without it, as the same user or as root. Delivered files stay, and \
      so do the totals. A file whose row was removed is new to the receiver: sent again unchanged, it \
      is delivered again, or refused where its name is taken. The room is used again for new rows; the \
      file does not become smaller.

      A time is an age (90d, 12h), a local date or time (2026-11-22, "2026-11-22 10:30"), or RFC 3339.

      Exit status: 0 done, 64 wrong usage, 70 a fault, 78 there is no usable history.
      """)

  /// Rows of one transaction, and the microseconds that others have before the next one.
  private static let slice = 200
  private static let pause: UInt32 = 5_000

  @Option(
    help: ArgumentHelp("The receiver's data directory. (default: $XFERD_DATA)", valueName: "dir"))
  var data: String?

  @Option(help: ArgumentHelp("Remove failures that are older.", valueName: "time"))
  var failedBefore: String?

  @Option(help: ArgumentHelp("Remove all rows that are older.", valueName: "time"))
  var before: String?

  func validate() throws {
    guard failedBefore != nil || before != nil else {
      throw ValidationError("say what to remove: --failed-before 90d, --before 365d, or both")
    }
  }

  func run() throws {
    let limits = PruneLimits(
      failedBefore: try Prune.moment("failed-before", failedBefore),
      before: try Prune.moment("before", before))
    do {
      let count = try remove(limits, from: try directory())
      print(count == 1 ? "1 row removed" : "\(count) rows removed")
    } catch let unusable as HistoryUnusable {
      try end(78, "\(unusable)")
    } catch let failure as SystemFailure {
      try end(78, "\(failure)")
    } catch let error where !(error is ValidationError) {
      try end(70, "\(error)")
    }
  }

  private func remove(_ limits: PruneLimits, from directory: String) throws -> Int {
    let data = try DataDirectory(reading: directory)
    let history = try HistoryWriter(existing: data.databasePath)
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

  private func directory() throws -> String {
    guard let directory = data ?? ProcessEnvironment.all["XFERD_DATA"] else {
      throw ValidationError("--data: say which data directory, as --data /srv/xfer")
    }
    return directory
  }

  private func end(_ status: Int32, _ sentence: String) throws -> Never {
    _ = try? FileDescriptor.standardError.writeAll("xferd: \(sentence)\n".utf8)
    throw ExitCode(status)
  }

  private static func moment(_ option: String, _ text: String?) throws -> Timestamp? {
    guard let text else { return nil }
    guard let moment = TimeText.parse(text) else {
      throw ValidationError(
        "--\(option): \"\(text)\" is no time; give an age as 90d, or a date as 2026-11-22")
    }
    return moment
  }
}
