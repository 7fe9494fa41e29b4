import ArgumentParser
import XferClient
import XferCommand

struct Identity: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show this user's fingerprint.",
    discussion: """
        xferctl identity

      Prints the fingerprint of the key, which is made if there is none. An operator accepts it \
      with "xferd clients accept". The key is in XFER_HOME, or in ~/.config/xfer.

      Exit status: 0 success, 64 incorrect usage, 74 failed.
      """)

  @Flag(help: "Print hexadecimal digits.")
  var hex = false

  func run() throws {
    let pin = try explainingFiles { try ClientHome().identity().pair.pin }
    print(hex ? pin.hex : "\(pin)")
  }
}
