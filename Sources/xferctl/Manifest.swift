import ArgumentParser
import XferClient
import XferCommand
import XferProtocol

struct Manifest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the files of a set, for sha256sum -c.",
    discussion: """
        xferctl manifest backup | sha256sum -c

      Prints a line of sha256sum for each file of the set, with the names that this client sent. \
      Directories and links stand in comments. --missing lists what has not arrived.

      Exit status: 0 the set is complete; 64 incorrect usage; 65 it is not; 69 the receiver cannot \
      be reached; 74 failed; 77 there is no such set, or it may not be read.
      """)

  @OptionGroup var options: ManifestOptions

  @OptionGroup var server: ServerOptions

  func run() throws {
    let address = try server.address()
    var output: ManifestOutput?
    try exitingOnConnectionFailure {
      let client = try QueryClient(address)
      try client.members(
        options.question,
        set: { output = ManifestOutput($0, options, shownName: client.ownName(of:)) },
        forEach: { output?.print($0) })
    }
    try output?.finish()
  }
}
