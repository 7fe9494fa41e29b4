import ArgumentParser
import XferClient

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the receiver's stats page.",
    discussion:
      "Exit status: 0 printed, 64 wrong usage, 69 the receiver cannot be reached, 74 failed.")

  @OptionGroup var server: ServerOptions

  func run() throws {
    let address = try server.address()
    try asking { Terminal.out(try Inquiry(address).stats()) }
    try orFail { try Terminal.checkOutput() }
  }
}
