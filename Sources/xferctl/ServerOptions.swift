import ArgumentParser
import Glibc
import XferClient
import XferSystem

/// Which receiver a command speaks to.
struct ServerOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The receiver. (default: $XFER_SERVER, else localhost:5005)", valueName: "host[:port]"))
  var server: String?

  @Option(
    help: ArgumentHelp(
      "How long the receiver may say nothing before the connection counts as lost. (default: 2m)",
      valueName: "time"),
    transform: TimeSpan.parse)
  var timeout = TimeSpan(seconds: 120, as: "2m")

  func validate() throws {
    if timeout.seconds < 1 { throw ValidationError("--timeout: give one second or more") }
  }

  func address(from source: String? = nil) throws -> ReceiverAddress {
    let set = getenv("XFER_SERVER").map { String(cString: $0) }
    let variable = set?.isEmpty == true ? nil : set
    let text = server ?? variable ?? "localhost"
    guard let endpoint = Endpoint(text, defaultPort: ReceiverAddress.defaultPort), endpoint.port > 0
    else {
      let name = server == nil ? "XFER_SERVER" : "--server"
      throw ValidationError(
        "\(name): \"\(text)\" will not do; give a host or host:port, as backup:5005")
    }
    return ReceiverAddress(server: endpoint, source: source, timeout: timeout.seconds)
  }
}
