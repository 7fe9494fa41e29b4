import ArgumentParser
import Glibc
import XferClient
import XferCommand
import XferIdentity
import XferProtocol
import XferSystem
import XferText

/// The receiver to connect to.
struct ServerOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      The receiver: a name from "xferctl join", or an address. (default: $XFER_SERVER, else \
      "server" in the file config, else the only receiver that was joined, else localhost:5005)
      """, valueName: "receiver"),
    completion: KnownNames.completion)
  var server: String?

  @Option(
    help: ArgumentHelp(
      """
      The fingerprint of the receiver's key, as sha256//BASE64 or in hexadecimal digits. \
      (default: $XFER_PIN)
      """, valueName: "fingerprint"))
  var pin: String?

  @Option(
    help: ArgumentHelp(
      """
      Trust a receiver with a certificate of these authorities: a file in PEM, or "system". \
      (default: $XFER_CA)
      """, valueName: "file"),
    completion: .file())
  var ca: String?

  @Flag(
    help: """
      Connect without encryption, to a receiver with --access open on a trusted network. \
      (default: $XFER_PLAIN, which is yes or no)
      """)
  var plain = false

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
    if plain, pin != nil || ca != nil {
      throw ValidationError("--plain cannot be used together with --pin or --ca")
    }
    if pin != nil, ca != nil { throw ValidationError("--pin and --ca cannot be used together") }
  }

  /// Returns the receiver's address, with the reason to trust it. `source` is the local address to
  /// bind to. Throws if the server is not a valid address, or if there is no reason to trust it.
  func address(from source: String? = nil) throws -> ReceiverAddress {
    let defaults = try Defaults.ofUser(receiver: server)
    func given(_ option: String?, _ key: DefaultKey) -> ConfigFile.Value? {
      option.map { ConfigFile.Value(text: $0, origin: key.option) } ?? defaults.value(of: key)
    }
    return try ServerChoice(
      server: given(server, DefaultTable.server),
      pin: ca == nil ? given(pin, DefaultTable.pin) : nil,
      ca: pin == nil ? given(ca, DefaultTable.ca) : nil, isPlain: try isPlain(defaults),
      source: source,
      timeout: timeout.duration
    ).address()
  }

  /// An option that names a key or an authority takes precedence over the defaults.
  private func isPlain(_ defaults: Defaults) throws -> Bool {
    guard !plain, pin == nil, ca == nil else { return plain }
    do {
      return try defaults.flag(DefaultTable.plain)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

/// The names of the receivers that this user knows, as completions of a shell.
enum KnownNames {
  static let completion = CompletionKind.shellCommand(
    "xferctl receivers 2>/dev/null | cut -d ' ' -f 1")
}

/// Returns a variable of the environment; nil if it is not set or empty.
func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
