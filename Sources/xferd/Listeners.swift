import XferSystem

/// The listeners of the receiver: those that a service manager has opened, else its own.
///
/// A passed socket has the name of the option that it replaces, as FileDescriptorName= of its unit
/// says: `listen` or `http`. A socket without a name of its own is for clients: systemd calls it
/// after its unit, and systemd-socket-activate(1) "unknown".
struct Listeners {
  /// The listeners for clients, at least one.
  let clients: [Listener]
  /// The listener of the pages. Nil if the stats process binds one.
  let pages: Listener?

  private static let clientNames: Set<String> = ["listen", "xferd.socket", "unknown", ""]
  private static let pageNames: Set<String> = ["http", "xferd-http.socket"]

  /// Takes over the passed sockets. Binds the address of `--listen` if none is for clients. Throws
  /// if a socket cannot be used.
  init(_ settings: Settings, passed: [PassedSocket]) throws {
    let unknown = passed.first {
      !Listeners.clientNames.contains($0.name) && !Listeners.pageNames.contains($0.name)
    }
    if let unknown {
      throw UnusableSocket(
        description: """
          the service manager passed a socket with the name "\(unknown.name)"; expected \
          FileDescriptorName=listen or http in its unit
          """)
    }
    let pages = passed.filter { Listeners.pageNames.contains($0.name) }
    guard pages.count <= 1 else {
      throw UnusableSocket(
        description: "the service manager passed \(pages.count) sockets for the pages; expected one"
      )
    }
    self.pages = try pages.first.map(Listener.init)
    let clients = try passed.filter { Listeners.clientNames.contains($0.name) }.map(Listener.init)
    self.clients = clients.isEmpty ? [try Listener(settings.listen)] : clients
  }
}
