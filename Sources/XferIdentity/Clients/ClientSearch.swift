import XferProtocol
import XferSystem

/// Finds the line of one client in the bytes of the list of clients, by the rules of `ClientList`.
///
/// A session does this for each connection, and a list may be long, so that only lines with the
/// name or the key are parsed.
package struct ClientSearch {
  private let bytes: [UInt8]

  /// Searches in the bytes of the file.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the client with this key; nil if there is none. Throws `BadOption` if the line of the
  /// key cannot be used.
  package func client(with pin: Pin) throws(BadOption) -> EnrolledClient? {
    let lines = pin.listed.compactMap { first($0, atWord: 1) }
    guard let line = lines.min(by: { $0.start < $1.start }),
      let client = try EnrolledClient(line: line.line)
    else { return nil }
    guard first(client.name.text, atWord: 0)?.start == line.start else {
      throw BadOption(why: "the name \(client.name) is on an earlier line")
    }
    return client
  }

  /// Returns the client with this name in its certificate. Only a line without a key gives rights
  /// to a name. Throws `BadOption` if the line cannot be used.
  package func client(named name: ClientName) throws(BadOption) -> EnrolledClient? {
    guard let line = first(name.text, atWord: 0), let client = try EnrolledClient(line: line.line)
    else { return nil }
    guard client.pin == nil else {
      throw BadOption(why: "\(name) is the name of a client with a key of its own")
    }
    return client
  }

  private struct Line {
    /// The place of its first byte.
    let start: Int
    /// The place behind its last byte.
    let end: Int
    let line: FileLine
  }

  /// Returns the first line that has this word at this place. Comments do not count.
  private func first(_ word: String, atWord index: Int) -> Line? {
    var from = 0
    while let found = ByteSearch.position(of: word, in: bytes, from: from) {
      let line = line(around: found)
      let words = line.line.repairedText.fileWords.prefix(index + 1)
      if words.count > index, words[index] == word, !words[0].hasPrefix("#") { return line }
      from = min(line.end + 1, bytes.count)
    }
    return nil
  }

  private func line(around place: Int) -> Line {
    let newline = UInt8(ascii: "\n")
    let start = bytes[..<place].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let end = bytes[place...].firstIndex(of: newline) ?? bytes.count
    return Line(start: start, end: end, line: FileLine(bytes: bytes[start..<end]))
  }
}
