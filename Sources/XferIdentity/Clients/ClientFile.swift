import SystemPackage
import XferSystem

/// Changes of the list of clients. Comments and lines that cannot be used stay as they are.
package struct ClientFile: Sendable {
  private let directory: PrivateDirectory

  /// Uses the list in the data directory.
  package init(_ data: PrivateDirectory) { directory = data }

  /// Reads the list. A missing file is an empty list.
  package func read() throws -> ClientList { ClientList(try text()) }

  /// Adds a client. Throws `BadOption` if its name or its key is enrolled already.
  package func add(_ client: EnrolledClient) throws {
    try change { text, list in
      if list.client(named: client.name) != nil {
        throw BadOption(why: "a client named \(client.name) is enrolled already")
      }
      if let pin = client.pin, let other = list.client(with: pin) {
        throw BadOption(why: "the key is enrolled already, as \(other.name)")
      }
      return text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + client.line + "\n"
    }
  }

  /// Removes a client and returns it. Returns nil if no client has the name.
  package func remove(_ name: ClientName) throws -> EnrolledClient? {
    var removed: EnrolledClient?
    try change { text, list in
      removed = list.client(named: name)
      return text.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { (try? EnrolledClient(line: $0))?.name != name }.joined(separator: "\n")
    }
    return removed
  }

  /// Replaces the text by the result of `body`, while no other program does.
  private func change(_ body: (String, ClientList) throws -> String) throws {
    try directory.exclusively(ClientList.file) {
      let text = try text()
      let changed = try body(text, ClientList(text))
      if changed != text { try directory.replace(ClientList.file, text: changed, mode: 0o600) }
    }
  }

  private func text() throws -> String { try directory.text(of: ClientList.file) ?? "" }
}
