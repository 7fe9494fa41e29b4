import ArgumentParser
import XferProtocol
import XferReport
import XferSystem

/// The rows of the history that a command prints, and their format.
public struct HistoryOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The maximum number of rows; 0 means all.", valueName: "n"))
  public var limit: UInt32 = 50

  @Option(
    help: ArgumentHelp("Transfers that ended at or after this time.", valueName: "time"),
    transform: parseMoment)
  public var since: Timestamp?

  @Option(
    help: ArgumentHelp("Transfers that ended before this time.", valueName: "time"),
    transform: parseMoment)
  public var until: Timestamp?

  @Option(help: ArgumentHelp("Transfers from this address.", valueName: "address"))
  public var client: String?

  @Option(
    help: ArgumentHelp(
      "Transfers with a name that matches, such as \"logs/*.gz\".", valueName: "glob"))
  public var name: String?

  @Option(help: "Transfers with this status.")
  public var status: StatusChoice = .all

  @Option(help: "The output format.")
  public var format: HistoryFormat = .table

  /// Creates options with their defaults.
  public init() {}

  /// The filter that the options describe.
  public var filter: HistoryFilter {
    HistoryFilter(
      limit: limit, since: since, until: until, clientIP: client, name: name,
      status: status.status)
  }

  /// Prints the rows that `read` passes to its argument. Prints an error of the output and throws
  /// its exit status.
  public func print(_ read: ((HistoryEntry) throws -> Void) throws -> Void) throws {
    let output = HistoryOutput(format)
    try read(output.print)
    output.finish()
    try exitingOnFailure { try Terminal.checkOutput() }
  }
}

extension HistoryFormat: ExpressibleByArgument {}

/// The values of `--status`.
public enum StatusChoice: String, CaseIterable, ExpressibleByArgument {
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
