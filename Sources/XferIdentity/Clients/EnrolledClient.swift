import XferProtocol
import XferSystem

/// One client of the list: a line such as `cam7 sha256//… prefix=cam7 sessions=4`.
package struct EnrolledClient: Equatable, Sendable {
  /// The name, which is unique in the list.
  package let name: ClientName
  /// The identity of its key. Nil for a client with a certificate that a `--client-ca` has signed:
  /// the line has a hyphen there, and gives rights to the name.
  package let pin: Pin?
  /// The rights.
  package let rights: Rights

  /// Creates a client.
  package init(name: ClientName, pin: Pin?, rights: Rights = Rights()) {
    self.name = name
    self.pin = pin
    self.rights = rights
  }

  /// Parses a line of the file. Returns nil for an empty line and for a comment, which may have any
  /// bytes.
  init?(line: FileLine) throws(BadOption) {
    guard let text = line.text else {
      if line.repairedText.fileWords.first?.hasPrefix("#") == true { return nil }
      throw BadOption(why: "a byte of it is not UTF-8; save the file in that encoding")
    }
    try self.init(line: text)
  }

  /// Parses a line. Returns nil for an empty line and for a comment, which begins with `#`.
  package init?(line: some StringProtocol) throws(BadOption) {
    let words = line.fileWords
    guard let first = words.first, !first.hasPrefix("#") else { return nil }
    guard let name = ClientName(String(first)) else {
      throw BadOption(why: "invalid name \"\(first)\"; expected \(ClientName.expected)")
    }
    self.name = name
    guard words.count >= 2 else { throw BadOption(why: "the fingerprint of \(name) is missing") }
    pin = words[1] == "-" ? nil : Pin(listed: words[1])
    guard pin != nil || words[1] == "-" else {
      throw BadOption(
        why:
          "invalid fingerprint \"\(words[1])\"; "
          + "expected sha256//BASE64, 64 hexadecimal digits, or -"
      )
    }
    var rights = Rights()
    for word in words.dropFirst(2) { try rights.set(word) }
    self.rights = rights
  }

  /// The line, without its end.
  package var line: String {
    ([name.text, pin?.description ?? "-"] + rights.options).joined(separator: " ")
  }

  /// A number that changes with the line, by FNV-1a (RFC 9923). It is the same in every process,
  /// and never 0.
  package var grant: Int64 {
    let hash = line.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return Int64(bitPattern: hash | 1)
  }
}

extension Pin {
  /// The texts by which a pin may stand in the list of clients.
  var listed: [String] { [description, hex, hex.uppercased()] }

  /// Parses a fingerprint of the list. Returns nil for any other text, also for one that other
  /// places accept, because `ClientSearch` looks for these texts only.
  init?(listed text: some StringProtocol) {
    guard let pin = Pin(String(text)), pin.listed.contains(String(text)) else { return nil }
    self = pin
  }
}
