import ArgumentParser
import Glibc
import XferClient
import XferCommand
import XferSystem
import XferText

/// The receiver to connect to.
struct ServerOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The receiver. (default: $XFER_SERVER, else localhost:5005)", valueName: "host[:port]"))
  var server: String?

  @Option(
    help: ArgumentHelp(
      "How long to wait for data before the connection counts as lost. (default: 2m)",
      valueName: "time"),
    transform: parseTimeSpan)
  var timeout = TimeSpan(seconds: 120, as: "2m")

  func validate() throws {
    if timeout.seconds < 1 {
      throw ValidationError("--timeout: invalid value \"\(timeout)\"; the minimum is 1s")
    }
  }

  /// Returns the receiver's address. `source` is the local address to bind to. Throws if the server
  /// is not a valid address.
  func address(from source: String? = nil) throws -> ReceiverAddress {
    let set = getenv("XFER_SERVER").map { String(cString: $0) }
    let variable = set?.isEmpty == true ? nil : set
    let text = server ?? variable ?? "localhost"
    guard let endpoint = Endpoint(text, defaultPort: ReceiverAddress.defaultPort), endpoint.port > 0
    else {
      let name = server == nil ? "XFER_SERVER" : "--server"
      throw ValidationError(
        "\(name): invalid value \"\(text)\"; expected a host or host:port, such as backup:5005")
    }
    return ReceiverAddress(server: endpoint, source: source, timeout: timeout.duration)
  }
}
