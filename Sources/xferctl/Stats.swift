import ArgumentParser
import XferClient
import XferCommand

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the receiver's stats page.",
    discussion:
      """
        xferctl stats --server backup

      The page shows all clients: an enrolled client needs the option history=all in its line.

      Exit status: 0 success, 64 incorrect usage, 69 the receiver cannot be reached, 74 failed, 77 \
      refused.
      """)

  @OptionGroup var server: ServerOptions

  func run() throws {
    let address = try server.address()
    try exitingOnConnectionFailure { Terminal.out(try QueryClient(address).stats()) }
    try exitingOnFailure { try Terminal.checkOutput() }
  }
}
