import ArgumentParser
import Glibc
import XferClient
import XferCommand
import XferIdentity
import XferProtocol
import XferSystem

/// The receiver that the options and the environment name, and the reason to trust it.
struct ServerChoice {
  let server: ConfigFile.Value?
  let pin: ConfigFile.Value?
  let ca: ConfigFile.Value?
  let isPlain: Bool
  let source: String?
  let timeout: Duration

  private static let fallback = "localhost"

  /// Returns the address. Throws if the name is not valid, or if there is no reason to trust it.
  func address() throws -> ReceiverAddress {
    if isPlain { return try plainAddress() }
    return try explainingFiles {
      let home = ClientHome()
      let identity = try home.identity()
      return try secureAddress(home, identity)
    }
  }

  /// The list of receivers is for TLS alone. A name of it must not lead to another place in the
  /// clear.
  private func plainAddress() throws -> ReceiverAddress {
    let known = try explainingFiles { try ClientHome().knownReceivers() }
    if let receiver = chosen.map({ named($0, in: known) }) ?? known.first {
      throw ValidationError(
        "--plain does not use the receiver \"\(receiver.name)\", which was joined with a key; "
          + "give another address with --server, or leave out --plain")
    }
    return make([try endpoint(chosen ?? ServerChoice.fallback)], .plain)
  }

  private func secureAddress(
    _ home: ClientHome, _ identity: KeyFiles.Identity
  ) throws -> ReceiverAddress {
    let known = try knownReceiver(home.receivers())
    let name = chosen ?? known?.name ?? ServerChoice.fallback
    let servers = try known?.addresses ?? [endpoint(name)]
    if let pin {
      guard let key = Pin(pin.text) else {
        throw ValidationError(
          "\(pin.origin): invalid value \"\(pin.text)\"; expected sha256//BASE64 or 64 hexadecimal "
            + "digits")
      }
      return make(servers, .tls(.pin(key), identity))
    }
    if let ca = ca?.text {
      let host = servers[0].host
      return make(
        servers,
        .tls(ca == "system" ? .system(host: host) : .authorities(file: ca, host: host), identity))
    }
    if let known { return make(servers, .tls(.pin(known.pin), identity)) }
    let contact = FirstContact(name: name, receivers: try home.receivers(), identity: identity)
    return make(servers, .tls(.pin(try contact.pin(of: make(servers, .plain))), identity))
  }

  /// The receiver that was chosen, or the only one if none was chosen.
  private func knownReceiver(_ receivers: KnownReceivers) throws -> KnownReceiver? {
    let all = try receivers.all()
    guard let chosen else {
      if all.count > 1, pin == nil, ca == nil {
        let names = all.map(\.name).joined(separator: ", ")
        throw ValidationError("several receivers are known (\(names)); choose one with --server")
      }
      return all.count == 1 ? all[0] : nil
    }
    return named(chosen, in: all)
  }

  /// The receiver with this name. A receiver that is kept as host:5005 also has the name host.
  private func named(_ name: String, in all: [KnownReceiver]) -> KnownReceiver? {
    let text = (try? endpoint(name))?.description
    return all.first { $0.name == name } ?? all.first { $0.name == text }
  }

  private var chosen: String? { server?.text }

  private func endpoint(_ text: String) throws -> Endpoint {
    guard let endpoint = Endpoint(text, defaultPort: ReceiverAddress.defaultPort), endpoint.port > 0
    else {
      let name = server?.origin ?? DefaultTable.server.option
      throw ValidationError(
        "\(name): invalid value \"\(text)\"; expected a host or host:port, such as backup:5005")
    }
    return endpoint
  }

  private func make(
    _ servers: [Endpoint], _ security: ReceiverAddress.Security
  ) -> ReceiverAddress {
    ReceiverAddress(servers: servers, security: security, source: source, timeout: timeout)
  }
}

/// Runs `body` and turns the error of a file of this user's identity into a message and its status.
func explainingFiles<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let failure as UnusableFile {
    printError("\(failure)")
    throw ExitCode.failed
  } catch let failure as SystemFailure {
    printError("\(failure)")
    throw ExitCode.failed
  }
}
