import XferProtocol
import SystemPackage
import XferSystem

/// The list of clients: the text file `clients` of the data directory, one line for each client.
/// People may edit it.
///
/// A line that cannot be used, such as one with bytes that are not UTF-8, lets no client in and
/// takes none away: the other lines are valid. The first line with a name has the name, and the
/// first one with a key has the key, also if it cannot be used for another reason. `ClientSearch`
/// finds the same clients.
package struct ClientList: Sendable {
  /// The name of the file.
  package static let file = "clients"
  /// The largest size of the file in bytes.
  package static let largest = PrivateFile.largest

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
  /// The names of all lines, also of those that cannot be used.
  package private(set) var takenNames: Set<ClientName> = []
  /// The lines that cannot be used.
  package private(set) var badLines: [BadLine] = []

  /// Parses the lines of the file.
  package init(_ lines: [FileLine]) {
    var taken = TakenWords()
    for (index, line) in lines.enumerated() {
      do {
        let clash = taken.add(line.repairedText)
        guard let client = try EnrolledClient(line: line) else { continue }
        if let clash { throw BadOption(why: clash) }
        clients.append(client)
      } catch {
        badLines.append(BadLine(number: index + 1, why: "\(error)"))
      }
    }
    takenNames = Set(taken.names.compactMap { ClientName(String($0)) })
  }

  /// The client with this key; nil if there is none.
  package func client(with pin: Pin) -> EnrolledClient? { clients.first { $0.pin == pin } }

  /// The client with this name; nil if there is none.
  package func client(named name: ClientName) -> EnrolledClient? {
    clients.first { $0.name == name }
  }
}

extension ClientList {
  /// Returns a function that is true for the grants of this list. A client that an authority has
  /// named needs no line: its grant is that of a line without options, unless a line has its name.
  package var isValid: (_ grant: Int64, _ name: String?) -> Bool {
    let grants = Set(clients.map(\.grant))
    return { [takenNames] grant, name in
      if grants.contains(grant) { return true }
      guard let name = name.flatMap({ ClientName($0) }), !takenNames.contains(name) else {
        return false
      }
      return grant == EnrolledClient(name: name, pin: nil).grant
    }
  }
}

/// The names and keys of the lines before.
private struct TakenWords {
  private(set) var names: Set<Substring> = []
  private var pins: Set<Pin> = []

  /// Notes the name and the key of a line. Returns the reason if one of them is taken.
  mutating func add(_ line: String) -> String? {
    let words = line.fileWords.prefix(2)
    guard let name = words.first, !name.hasPrefix("#") else { return nil }
    let isNew = names.insert(name).inserted
    if words.count == 2, let pin = Pin(listed: words[1]), !pins.insert(pin).inserted {
      return "the fingerprint of \(name) is on an earlier line"
    }
    return isNew ? nil : "the name \(name) is on an earlier line"
  }
}
