import ArgumentParser
import Glibc
import XferClient
import XferProtocol

struct Ping: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the round trip through a session.",
    discussion:
      "Exit status: 0 answered, 64 wrong usage, 69 the receiver cannot be reached, 74 failed.")

  @OptionGroup var server: ServerOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("How many times.", valueName: "n"))
  var count = 4

  func validate() throws {
    guard (1...1_000_000).contains(count) else {
      throw ValidationError("--count: give a whole number from 1 to 1000000")
    }
  }

  func run() throws {
    let address = try server.address()
    try asking {
      let inquiry = try Inquiry(address)
      let times = try (1...count).map { number in
        let seconds = try inquiry.ping()
        print("\(address.server): answer \(number) in \(Ping.milliseconds(seconds))")
        return seconds
      }
      let mean = times.reduce(0, +) / Double(count)
      print(
        "least \(Ping.milliseconds(times.min() ?? 0)), mean \(Ping.milliseconds(mean)),"
          + " most \(Ping.milliseconds(times.max() ?? 0))")
    }
  }

  private static func milliseconds(_ seconds: Double) -> String {
    Readable.decimal(seconds * 1000, places: 3) + " ms"
  }
}
