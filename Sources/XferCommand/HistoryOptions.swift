import ArgumentParser
import XferProtocol
import XferReport
import XferSystem

/// The rows of the history that a command prints, and their format.
package struct HistoryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The maximum number of rows; 0 means all.", valueName: "n"))
  package var limit: UInt32 = 50

  @Option(
    help: ArgumentHelp("Transfers that ended at or after this time.", valueName: "time"),
    transform: parseMoment)
  package var since: Timestamp?

  @Option(
    help: ArgumentHelp("Transfers that ended before this time.", valueName: "time"),
    transform: parseMoment)
  package var until: Timestamp?

  @Option(
    help: ArgumentHelp(
      "Transfers from this address, or from the client of this name.", valueName: "address|name"))
  package var client: String?

  @Option(
    help: ArgumentHelp(
      "Transfers with a name that matches, such as \"logs/*.gz\".", valueName: "glob"))
  package var name: String?

  @Option(help: "Transfers with this status.")
  package var status: StatusChoice = .all

  @Flag(help: "Print sets instead of rows; --status failed stands for incomplete ones.")
  package var sets = false

  @Option(help: "The output format.")
  package var format: HistoryFormat = .table

  /// Creates options with their defaults.
  package init() {}

  /// Throws an error of usage for options that do not fit together.
  package func validate() throws { try validateSets() }

  /// The filter that the options describe.
  package var filter: HistoryFilter {
    HistoryFilter(
      limit: limit, since: since, until: until, client: client, name: name,
      status: status.status)
  }

  /// Prints the rows that `read` passes to its argument. Prints an error of the output and throws
  /// its exit status.
  package func print(_ read: ((HistoryEntry) throws -> Void) throws -> Void) throws {
    let output = HistoryOutput(format)
    try read(output.print)
    output.finish()
    try exitingOnFailure { try Terminal.checkOutput() }
  }
}

extension HistoryFormat: ExpressibleByArgument {}

/// The values of `--status`.
package enum StatusChoice: String, CaseIterable, ExpressibleByArgument {
  /// Rows of completed transfers, of failed ones, or both.
  case completed, failed, all

  var status: HistoryFilter.Status {
    switch self {
    case .completed: .completed
    case .failed: .failed
    case .all: .all
    }
  }
}
