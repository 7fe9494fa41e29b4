import XferProtocol
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
      if let line = text.fileLines.firstIndex(where: { ClientFile.concerns(client, $0) }) {
        throw BadOption(
          why: "line \(line + 1) has the name or the key of \(client.name) and cannot be used")
      }
      return text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + client.line + "\n"
    }
  }

  /// Removes a client and returns it. Returns nil if no client has the name.
  ///
  /// Every line with its name or its key goes, because a line that was not used for a clash with
  /// this one would let the key in again.
  package func remove(_ name: ClientName) throws -> EnrolledClient? {
    var removed: EnrolledClient?
    try change { text, list in
      guard let client = list.client(named: name) else { return text }
      removed = client
      return text.fileLines.filter { !ClientFile.concerns(client, $0) }.joined(separator: "\n")
    }
    return removed
  }

  private static func concerns(_ client: EnrolledClient, _ line: Substring) -> Bool {
    let words = line.fileWords.prefix(2)
    if words.first == client.name.text[...] { return true }
    guard words.count == 2, let pin = client.pin else { return false }
    return !words[0].hasPrefix("#") && Pin(listed: words[1]) == pin
  }

  /// Returns the client with this key, without parsing the lines of others; nil if there is none.
  /// Throws `BadOption` if its line cannot be used.
  package func client(with pin: Pin) throws -> EnrolledClient? {
    guard let file = try directory.open(ClientList.file) else { return nil }
    defer { try? file.close() }
    return try ClientSearch(try file.content(atMost: ClientList.largest)).client(with: pin)
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
