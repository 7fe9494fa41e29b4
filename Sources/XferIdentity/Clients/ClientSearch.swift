import XferProtocol
import XferSystem

/// Finds the line of one key in the bytes of the list of clients. A session does this for each
/// connection, and a list may be long, so that only lines with the key are parsed.
package struct ClientSearch {
  private let bytes: [UInt8]

  /// Searches in the bytes of the file.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the client with this key; nil if there is none. Throws `BadOption` if the line of the
  /// key cannot be used.
  package func client(with pin: Pin) throws(BadOption) -> EnrolledClient? {
    for text in [pin.description, pin.hex, pin.hex.uppercased()] {
      for line in lines(containing: text) {
        guard let client = try EnrolledClient(line: line), client.pin == pin else { continue }
        try checkFirst(client, line)
        return client
      }
    }
    return nil
  }

  /// Returns the client whose certificate has this name. Only a line without a key gives rights to
  /// a name. Throws `BadOption` if the line cannot be used.
  package func client(named name: ClientName) throws(BadOption) -> EnrolledClient? {
    for line in lines(containing: name.text) {
      guard let client = try EnrolledClient(line: line), client.name == name else { continue }
      guard client.pin == nil else {
        throw BadOption(why: "\(name) is the name of a client with a key of its own")
      }
      return client
    }
    return nil
  }

  /// Throws if an earlier line has the same name.
  private func checkFirst(_ client: EnrolledClient, _ own: Substring) throws(BadOption) {
    let first = lines(containing: client.name.text)
      .first {
        $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).first == client.name.text[...]
      }
    guard first == nil || first == own else {
      throw BadOption(why: "the name \(client.name) is on an earlier line")
    }
  }

  /// The lines that contain the text.
  private func lines(containing text: String) -> some Sequence<Substring> {
    var start = 0
    return sequence(state: 0) { _ -> Substring? in
      guard let found = ByteSearch.position(of: text, in: bytes, from: start) else { return nil }
      let begin = bytes[..<found].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let end = bytes[found...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      start = min(end + 1, bytes.count)
      return Substring(decoding: bytes[begin..<end], as: UTF8.self)
    }
  }
}
