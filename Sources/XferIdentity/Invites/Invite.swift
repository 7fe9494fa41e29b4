import XferProtocol
import XferSystem
import XferText

/// An open invite: a line of the file `invites`, such as
/// `ID KEY uses=3 expires=2026-11-29T10:00:00Z name={hostname} prefix=cams`.
package struct Invite: Equatable, Sendable {
  /// The number of the invite.
  package let id: InviteID
  /// The key that proves its secret.
  package let key: InviteKey
  /// The number of clients that it still lets in.
  package var uses: Int
  /// The end of the invite.
  package let expiry: Timestamp
  /// The name of the clients: `{hostname}` stands for the host name that a client gives.
  package let name: String
  /// The options of the clients' lines; `{name}` stands for the name of the client.
  package let options: [String]

  /// Creates an invite.
  package init(
    id: InviteID, key: InviteKey, uses: Int, expiry: Timestamp, name: String, options: [String]
  ) {
    self.id = id
    self.key = key
    self.uses = uses
    self.expiry = expiry
    self.name = name
    self.options = options
  }

  /// Parses a line. Returns nil if it is not an invite.
  init?(line: some StringProtocol) {
    let words = line.split(separator: " ").map { String($0) }
    guard words.count >= 5, let id = InviteID(words[0]), let key = Hex.bytes(words[1]),
      key.count == 32, let uses = Invite.value("uses", words[2]).flatMap({ Int($0) }),
      let expiry = Invite.value("expires", words[3]).flatMap({ TimeText.parse($0) }),
      let name = Invite.value("name", words[4])
    else { return nil }
    self.init(
      id: id, key: InviteKey(bytes: key), uses: uses, expiry: expiry, name: name,
      options: Array(words[5...]))
  }

  /// The line, without its end.
  var line: String {
    ([
      id.description, Hex.text(key.bytes), "uses=\(uses)", "expires=\(TimeText.rfc3339(expiry))",
      "name=\(name)",
    ] + options).joined(separator: " ")
  }

  private static func value(_ name: String, _ word: String) -> String? {
    word.hasPrefix(name + "=") ? String(word.dropFirst(name.count + 1)) : nil
  }

  /// The rights of a client with this name. Throws `BadOption` if an option is not valid.
  package func rights(of name: ClientName) throws(BadOption) -> Rights {
    var rights = Rights()
    for option in options { try rights.set(option.replacing("{name}", with: name.text)) }
    return rights
  }

  /// Returns the name of a client that gives this host name: the name of the invite, or else the
  /// same with -2, -3 and so on, if it is taken. Returns nil if there is none.
  ///
  /// `isKnown` is true for a name that a former client had. Such a name is given only if the
  /// operator has chosen it: a client must not choose the files and the rows of another one.
  package func name(
    forHost host: String, besides taken: Set<ClientName>,
    isKnown: (ClientName) throws -> Bool = { _ in false }
  ) rethrows -> ClientName? {
    let base = name.replacing("{hostname}", with: Invite.label(host))
    let isChosen = base == name
    if let name = ClientName(base), !taken.contains(name), try isChosen || !isKnown(name) {
      return name
    }
    // The number grows until a name is free, or is too long.
    for number in 2... {
      guard let name = ClientName("\(base)-\(number)") else { break }
      if !taken.contains(name), try !isKnown(name) { return name }
    }
    return nil
  }

  /// The host name with each character that a name may not have replaced by a hyphen.
  private static func label(_ host: String) -> String {
    let text = host.map { character in
      character.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character))
        ? character : "-"
    }
    return String(String(text).drop { !$0.isLetter && !$0.isNumber }.prefix(ClientName.maximum - 6))
  }
}
