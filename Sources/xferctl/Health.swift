import ArgumentParser
import XferClient

struct Health: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that the receiver can record files now.",
    discussion: """
        xferctl health --server backup && echo healthy

      Sends a request through a session to the recorder and prints nothing. Use it as the health \
      check of a container. A receiver at its limit of connections counts as healthy.

      Exit status: 0 healthy, 64 incorrect usage, 69 the receiver cannot be reached, 74 or 77 not \
      healthy.
      """)

  @OptionGroup var server: ServerOptions

  func run() throws {
    let address = try server.address()
    do {
      try QueryClient(address).health()
    } catch let failure as ConnectionFailure {
      // A receiver at its limit of connections is busy, not broken.
      if case .refused(let refusal) = failure, refusal.isCapacityRefusal { return }
      throw ExitCode(failure)
    }
  }
}
