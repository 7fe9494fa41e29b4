import XferProtocol
import SystemPackage
import XferSystem

/// The list of clients: the text file `clients` of the data directory, one line for each client.
/// People may edit it.
///
/// A line that cannot be used lets no client in and takes none away: the other lines are valid.
package struct ClientList: Sendable {
  /// The name of the file.
  package static let file = "clients"
  /// The largest size of the file in bytes. 100,000 clients take about 12 MB.
  package static let largest = 64 << 20

  /// A line that cannot be used.
  package struct BadLine: Equatable, Sendable, CustomStringConvertible {
    /// The number of the line, from 1.
    package let number: Int
    /// The reason.
    package let why: String
    package var description: String { "line \(number): \(why)" }
  }

  /// The clients, in the order of their lines.
  package private(set) var clients: [EnrolledClient] = []
  /// The lines that cannot be used.
  package private(set) var badLines: [BadLine] = []

  /// Parses the text of the file.
  package init(_ text: String) {
    var names: Set<ClientName> = []
    var pins: Set<Pin> = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      do {
        guard let client = try EnrolledClient(line: line) else { continue }
        guard names.insert(client.name).inserted else {
          throw BadOption(why: "the name \(client.name) is on an earlier line")
        }
        if let pin = client.pin, !pins.insert(pin).inserted {
          throw BadOption(why: "the fingerprint of \(client.name) is on an earlier line")
        }
        clients.append(client)
      } catch {
        badLines.append(BadLine(number: index + 1, why: "\(error)"))
      }
    }
  }

  /// The client with this key; nil if there is none.
  package func client(with pin: Pin) -> EnrolledClient? { clients.first { $0.pin == pin } }

  /// The client with this name; nil if there is none.
  package func client(named name: ClientName) -> EnrolledClient? {
    clients.first { $0.name == name }
  }
}
