import XferProtocol
import XferSystem
import XferText

/// A client with a key that is not enrolled, as it was seen.
package struct PendingClient: Equatable, Sendable {
  /// The identity of its key.
  package let pin: Pin
  /// Its last address.
  package let address: String
  /// The first and the last time that it was seen.
  package let firstSeen: Timestamp
  /// The last time that it was seen.
  package let lastSeen: Timestamp
  /// Its program and version, as it says.
  package let agent: String

  /// Creates a client that is seen now for the first time.
  package init(_ knock: Knock, since first: Timestamp? = nil) {
    pin = knock.pin
    address = knock.address
    lastSeen = .now
    firstSeen = first ?? lastSeen
    agent = knock.agent
  }

  /// Parses a line. Returns nil if it is not one.
  init?(line: some StringProtocol) {
    let words = line.split(separator: " ", maxSplits: 4).map { String($0) }
    guard words.count == 5, let pin = Pin(words[0]), let first = TimeText.parse(words[2]),
      let last = TimeText.parse(words[3])
    else { return nil }
    (self.pin, address, firstSeen, lastSeen, agent) = (pin, words[1], first, last, words[4])
  }

  var line: String {
    [
      pin.description, address, TimeText.rfc3339(firstSeen), TimeText.rfc3339(lastSeen),
      agent.isEmpty ? "-" : agent,
    ].joined(separator: " ")
  }
}

/// The clients that wait to be accepted: the file `pending` of the data directory. Its length is
/// bounded, because any peer can add to it.
package struct PendingFile: Sendable {
  /// The largest number of clients in all.
  private static let most = 100
  /// The largest number of clients of one network: see `SocketAddress.network`.
  private static let mostOfNetwork = 10

  private let file: PrivateFile

  /// Uses the list in the data directory. A change waits for another program's change for at most
  /// `patience`: any peer can cause one in the recorder, which must not wait.
  package init(_ data: PrivateDirectory, patience: Duration = .zero) {
    file = PrivateFile(data, "pending", patience: patience, saving: .lazy)
  }

  /// The clients, in the order in which they were last seen, the last one first.
  package func read() throws -> [PendingClient] {
    PendingFile.clients(of: try file.lines())
  }

  /// Notes a client. If the list is full, the one that was seen the longest ago makes room, of the
  /// network that has the most: no network can push out the clients of others.
  package func note(_ knock: Knock) throws {
    try change { clients in
      let former = clients.first { $0.pin == knock.pin }
      clients.removeAll { $0.pin == knock.pin }
      clients.insert(PendingClient(knock, since: former?.firstSeen), at: 0)
      PendingFile.shorten(&clients)
    }
  }

  private static func shorten(_ clients: inout [PendingClient]) {
    while true {
      let networks = clients.map { SocketAddress.network(of: $0.address) }
      let counts = Dictionary(networks.map { ($0, 1) }, uniquingKeysWith: +)
      let largest = counts.values.max() ?? 0
      guard largest > mostOfNetwork || clients.count > most,
        let last = networks.lastIndex(where: { counts[$0] == largest })
      else { return }
      clients.remove(at: last)
    }
  }

  /// Removes a client, because it is enrolled now.
  package func remove(_ pin: Pin) throws { try change { $0.removeAll { $0.pin == pin } } }

  private func change(_ body: (inout [PendingClient]) -> Void) throws {
    try file.change { lines in
      let former = PendingFile.clients(of: lines)
      var clients = former
      body(&clients)
      if clients != former { lines = [FileLine](texts: clients.map(\.line)) }
    }
  }

  private static func clients(of lines: [FileLine]) -> [PendingClient] {
    lines.compactMap { PendingClient(line: $0.repairedText) }
  }
}
