import ArgumentParser
import XferCommand
import XferText

/// The options for the flow of a transfer.
struct FlowOptions: ParsableArguments {
  /// The largest number of connections: more do not help, and a receiver serves 256 of one address.
  private static let mostJobs = 64

  @Option(
    help: ArgumentHelp(
      "The number of connections. (default: 1, up to 4 for several large files)", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "The bytes a second over all connections, such as 500K or 20M.", valueName: "size"),
    transform: FlowOptions.rate)
  var limit: UInt64?

  func validate() throws {
    if let jobs, !(1...FlowOptions.mostJobs).contains(jobs) {
      throw ValidationError(
        "--jobs: invalid value \"\(jobs)\"; expected a whole number from 1 to "
          + "\(FlowOptions.mostJobs)")
    }
  }

  private static func rate(_ text: String) throws -> UInt64 {
    guard let rate = ByteCount.parse(text), rate > 0 else {
      throw ValidationError(
        "invalid rate \"\(text)\"; expected bytes a second, or a number with K, M or G")
    }
    return rate
  }
}
