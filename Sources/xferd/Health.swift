import ArgumentParser
import XferClient
import XferCommand
import XferIdentity
import XferProtocol
import XferSystem

struct Health: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", _superCommandName: "xferd",
    abstract: "Check that the receiver on this host works.",
    discussion: """
        xferd health --data /srv/xfer && echo healthy

      Connects to the receiver over the loopback interface with the receiver's own key, sends a \
      request through a session to the recorder, and prints nothing if it is healthy. Use it as \
      the health check of a container. A receiver at its limit of connections counts as healthy.

      Exit status: 0 healthy, 64 incorrect usage, 69 the receiver cannot be reached, 74 not healthy.
      """)

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp(
      "The address of the receiver. (default: that of $XFERD_LISTEN on this host, or port 5005)",
      valueName: "host:port"))
  var listen: String?

  func run() throws {
    let directory = try data.directory()
    let endpoint = try endpoint()
    try exitingOnFailure {
      let identity = try KeyFiles(
        PrivateDirectory(ReceiverFiles.identity(in: directory))
      ).readOrMake(named: "xferd")
      let receiver = try ReceiverFiles.pin(in: directory)
      try check(
        ReceiverAddress(
          servers: [endpoint], security: .tls(.pin(receiver), identity), timeout: .seconds(5)))
    }
  }

  private func check(_ address: ReceiverAddress) throws {
    do {
      try QueryClient(address, agent: "xferd health").health()
    } catch let failure as ConnectionFailure {
      // A receiver at its limit of connections is busy, not broken.
      if case .refused(let refusal) = failure, refusal.isCapacityRefusal { return }
      if case .untrusted = failure {
        printError("another receiver answers at \(address.servers[0]); give --listen HOST:PORT")
      } else {
        printError("\(failure)")
      }
      if case .unreachable = failure { throw ExitCode.unreachable }
      throw ExitCode.failed
    }
  }

  /// The address at which this host reaches the receiver.
  private func endpoint() throws -> Endpoint {
    let text = listen ?? ProcessEnvironment.all[SettingTable.listen.variable]
    guard let text else {
      return Endpoint(host: "localhost", port: SettingTable.listen.defaultValue.port)
    }
    guard let endpoint = Endpoint(text), endpoint.port > 0 else {
      throw ValidationError("--listen: invalid value \"\(text)\"; expected host:port")
    }
    let isWildcard = ["::", "0.0.0.0", ""].contains(endpoint.host)
    return isWildcard ? Endpoint(host: "localhost", port: endpoint.port) : endpoint
  }
}
