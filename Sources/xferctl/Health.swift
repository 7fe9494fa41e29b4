import ArgumentParser
import XferClient

struct Health: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell by the exit status whether the receiver can record a transfer now.",
    discussion: """
      Goes through a session to the recorder and back, and prints nothing: a health check for \
      containers. A receiver with all the connections that it takes is well. Exit status: 0 well, 64 wrong usage, 69 cannot be reached, 74 or 77 not well.
      """)

  @OptionGroup var server: ServerOptions

  func run() throws {
    let address = try server.address()
    do {
      try Inquiry(address).health()
    } catch let trouble as ConnectionTrouble {
      // A receiver that has all the connections it takes is at work, not ill.
      if case .refused(let refusal) = trouble, refusal.isForCrowd { return }
      throw ExitCode(trouble)
    }
  }
}
