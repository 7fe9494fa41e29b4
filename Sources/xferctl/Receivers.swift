import ArgumentParser
import XferClient
import XferCommand
import XferText

struct Receivers: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the known receivers, or forget one.",
    discussion: """
        xferctl receivers
        xferctl receivers --forget backup

      Prints the name, the addresses and the fingerprint of each receiver. They are lines of the \
      file "receivers" in XFER_HOME, or in ~/.config/xfer, which can be edited.

      Exit status: 0 success; 64 incorrect usage; 74 failed, or no receiver has the name.
      """)

  @Option(
    help: ArgumentHelp("Forget this receiver.", valueName: "name"),
    completion: KnownNames.completion)
  var forget: String?

  func run() throws {
    try explainingFiles {
      let receivers = try ClientHome().receivers()
      if let forget {
        guard try receivers.remove(forget) else {
          printError("no receiver is named \"\(forget)\"; \"xferctl receivers\" shows them")
          throw ExitCode.failed
        }
        return
      }
      for receiver in try receivers.all() {
        let addresses = receiver.addresses.map(\.description).joined(separator: ",")
        print("\(receiver.name)  \(addresses)  \(receiver.pin)")
      }
    }
  }
}
