import XferIdentity
import XferProtocol
import XferSystem

/// A receiver that this user knows: its name here, its addresses and its key.
package struct KnownReceiver: Equatable, Sendable {
  /// The name, which `--server` takes: any text without blanks.
  package let name: String
  /// The addresses, in the order in which to try them.
  package let addresses: [Endpoint]
  /// The identity of its key.
  package let pin: Pin

  /// Creates a receiver. There is at least one address.
  package init(name: String, addresses: [Endpoint], pin: Pin) {
    self.name = name
    self.addresses = addresses
    self.pin = pin
  }

  /// Parses a line such as `backup backup.example:5005,10.0.0.5:5005 sha256//…`. Returns nil for
  /// any other line.
  init?(line: some StringProtocol) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count == 3, !words[0].hasPrefix("#"), let pin = Pin(String(words[2])) else {
      return nil
    }
    let addresses = words[1].split(separator: ",")
      .map { Endpoint(String($0), defaultPort: ReceiverAddress.defaultPort) }
    guard !addresses.isEmpty, !addresses.contains(nil) else { return nil }
    self.init(name: String(words[0]), addresses: addresses.compactMap(\.self), pin: pin)
  }

  var line: String {
    "\(name) \(addresses.map(\.description).joined(separator: ",")) \(pin)"
  }
}

/// The receivers that this user knows: the file `receivers`, one line for each. People may edit it.
package struct KnownReceivers: Sendable {
  private let file: PrivateFile

  init(_ directory: PrivateDirectory) { file = PrivateFile(directory, "receivers") }

  /// The receivers, in the order of their lines.
  package func all() throws -> [KnownReceiver] {
    try file.lines().compactMap { KnownReceiver(line: $0.repairedText) }
  }

  /// The receiver with this name; nil if there is none.
  package func receiver(named name: String) throws -> KnownReceiver? {
    try all().first { $0.name == name }
  }

  /// Adds a receiver, in place of one with the same name.
  package func add(_ receiver: KnownReceiver) throws {
    try file.change { lines in
      lines.removeAll { KnownReceiver(line: $0.repairedText)?.name == receiver.name }
      lines.add(receiver.line)
    }
  }

  /// Removes a receiver. Returns false if there is none with this name.
  package func remove(_ name: String) throws -> Bool {
    try file.change { lines in
      let count = lines.count
      lines.removeAll { KnownReceiver(line: $0.repairedText)?.name == name }
      return lines.count < count
    }
  }
}
