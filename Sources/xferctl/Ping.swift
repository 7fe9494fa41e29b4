import ArgumentParser
import Glibc
import XferClient
import XferText

struct Ping: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the round-trip time to a session of the receiver.",
    discussion:
      "Exit status: 0 success, 64 incorrect usage, 69 the receiver cannot be reached, 74 failed.")

  @OptionGroup var server: ServerOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The number of round trips.", valueName: "n"))
  var count = 4

  func validate() throws {
    guard (1...1_000_000).contains(count) else {
      throw ValidationError(
        "--count: invalid value \"\(count)\"; expected a whole number from 1 to 1000000")
    }
  }

  func run() throws {
    let address = try server.address()
    try exitingOnConnectionFailure {
      let client = try QueryClient(address)
      let times = try (1...count).map { number in
        let seconds = try client.ping()
        print("\(address.server): reply \(number) in \(Ping.milliseconds(seconds))")
        return seconds
      }
      let mean = times.reduce(0, +) / Double(count)
      print(
        "minimum \(Ping.milliseconds(times.min() ?? 0)), mean \(Ping.milliseconds(mean)),"
          + " maximum \(Ping.milliseconds(times.max() ?? 0))")
    }
  }

  private static func milliseconds(_ seconds: Double) -> String {
    Readable.decimal(seconds * 1000, places: 3) + " ms"
  }
}
