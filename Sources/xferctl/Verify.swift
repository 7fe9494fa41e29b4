import ArgumentParser
import XferAudit
import XferClient
import XferHistory
import XferProtocol
import XferReport
import XferStorage
import XferSystem

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read delivered files again and compare them with the history.",
    discussion: """
      Runs on the receiver's host, beside the receiver or without it, and changes nothing. Names \
      each file that is missing, cannot be read, or has another SHA-256 than when it was delivered. \
      A file that was received with --digest none is compared by its length.

      Exit status: 0 all are as they were delivered, 64 wrong usage, 65 some are not, 74 the data \
      directory or its history cannot be read, or no delivered file matches.
      """)

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp("Only what was delivered at or after.", valueName: "time"),
    transform: Moment.parse)
  var since: Moment?

  @Option(
    help: ArgumentHelp("Only what was delivered before.", valueName: "time"),
    transform: Moment.parse)
  var until: Moment?

  @Option(help: ArgumentHelp("Only names that match, as \"logs/*.gz\".", valueName: "glob"))
  var name: String?

  @Flag(help: "Tell only what is not as it was delivered.")
  var quiet = false

  func run() throws {
    let directory = try data.directory()
    let filter = HistoryFilter(since: since?.timestamp, until: until?.timestamp, name: name)
    var (count, bytes, wrong, unproven) = (0, Int64(0), 0, 0)
    try orFail {
      try Verification(data: directory).run(filter) { entry, finding in
        count += 1
        bytes += entry.size
        if finding == .unproven { unproven += 1 }
        guard let complaint = Verify.complaint(finding, entry) else { return }
        wrong += 1
        Terminal.out("\(entry.name): \(complaint)\n")
      }
    }
    if !quiet {
      Terminal.out(
        "\(Readable.count(count, "file")), \(Readable.bytes(bytes)): "
          + (wrong == 0
            ? (unproven == 0 ? "all as delivered" : "none differs") : "\(wrong) not as delivered")
          + (unproven > 0 ? "; \(unproven) by the length alone, as no digest was taken" : "")
          + "\n")
    }
    try orFail { try Terminal.checkOutput() }
    if count == 0, since != nil || until != nil || name != nil {
      complain("no delivered file matches")
      throw ExitCode.failed
    }
    if wrong > 0 { throw ExitCode.different }
  }

  private static func complaint(
    _ finding: Verification.Finding, _ entry: HistoryEntry
  ) -> String? {
    let moment = TimeText.local(entry.finishedAt)
    switch finding {
    case .same, .unproven: return nil
    case .resized(let size):
      return "differs: \(size) bytes, delivered \(moment) with \(entry.size)"
    case .missing: return "missing; it was delivered \(moment) from \(entry.clientIP)"
    case .differs(let digest):
      return
        "differs: sha256 \(digest), delivered \(moment) with \(entry.digest?.description ?? "none")"
    case .unreadable(let why): return "cannot be read: \(why)"
    }
  }
}
