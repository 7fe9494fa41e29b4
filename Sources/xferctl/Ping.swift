import ArgumentParser
import Glibc
import XferClient
import XferText

struct Ping: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the round-trip time to the receiver.",
    discussion: """
        xferctl ping --server backup --count 10

      Exit status: 0 success, 64 incorrect usage, 69 the receiver cannot be reached, 74 failed.
      """)

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
        let time = try client.ping()
        print("\(address.servers[0]): reply \(number) in \(Ping.milliseconds(time))")
        return time
      }
      let mean = times.reduce(.zero, +) / count
      print(
        "minimum \(Ping.milliseconds(times.min() ?? .zero)), mean \(Ping.milliseconds(mean)),"
          + " maximum \(Ping.milliseconds(times.max() ?? .zero))")
    }
  }

  private static func milliseconds(_ time: Duration) -> String {
    Readable.decimal(time.inSeconds * 1000, places: 3) + " ms"
  }
}
