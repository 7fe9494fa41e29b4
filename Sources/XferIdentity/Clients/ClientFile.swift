import XferProtocol
import SystemPackage
import XferSystem

/// Changes of the list of clients. Comments and lines that cannot be used stay as they are, byte
/// for byte.
package struct ClientFile: Sendable {
  private let file: PrivateFile

  /// Uses the list in the data directory. A change waits for another program's change for at most
  /// `patience`.
  package init(_ data: PrivateDirectory, patience: Duration = .seconds(5)) {
    file = PrivateFile(data, ClientList.file, patience: patience)
  }

  /// Reads the list. A missing file is an empty list.
  package func read() throws -> ClientList { ClientList(try file.lines()) }

  /// Adds a client. Throws `BadOption` if its name or its key is enrolled already.
  package func add(_ client: EnrolledClient) throws {
    try file.change { lines in
      try ClientFile.checkIsNew(client, in: lines)
      lines.add(client.line)
    }
  }

  private static func checkIsNew(
    _ client: EnrolledClient, in lines: [FileLine]
  ) throws(BadOption) {
    let list = ClientList(lines)
    if list.client(named: client.name) != nil {
      throw BadOption(why: "a client named \(client.name) is enrolled already")
    }
    if let pin = client.pin, let other = list.client(with: pin) {
      throw BadOption(why: "the key is enrolled already, as \(other.name)")
    }
    if let line = lines.firstIndex(where: { concerns(client, $0) }) {
      throw BadOption(
        why: "line \(line + 1) has the name or the key of \(client.name) and cannot be used")
    }
  }

  /// Removes a client and returns it. Returns nil if no client has the name.
  ///
  /// Every line with its name or its key goes, because a line that was not used for a clash with
  /// this one would let the key in again.
  package func remove(_ name: ClientName) throws -> EnrolledClient? {
    try file.change { lines in
      guard let client = ClientList(lines).client(named: name) else { return nil }
      lines.removeAll { ClientFile.concerns(client, $0) }
      return client
    }
  }

  private static func concerns(_ client: EnrolledClient, _ line: FileLine) -> Bool {
    let words = line.repairedText.fileWords.prefix(2)
    if words.first == client.name.text[...] { return true }
    guard words.count == 2, let pin = client.pin else { return false }
    return !words[0].hasPrefix("#") && Pin(listed: words[1]) == pin
  }

  /// Returns the client with this key, without parsing the lines of others; nil if there is none.
  /// Throws `BadOption` if its line cannot be used.
  package func client(with pin: Pin) throws -> EnrolledClient? {
    try ClientSearch(try file.bytes()).client(with: pin)
  }
}
