import XferProtocol
import XferSystem
import XferText

/// One option of a line of the list of clients, such as `prefix=cam7`. The table says how each is
/// read and written, and in which order.
struct RightOption: Sendable {
  /// The name before the equals sign.
  let name: String
  /// The valid values, phrased to follow "expected".
  let expected: String
  /// Sets the right. Returns false if the text is not valid.
  let read: @Sendable (String, inout Rights) -> Bool
  /// Returns the text of the right; nil if it has its default.
  let write: @Sendable (Rights) -> String?

  /// All options, in the order in which they are written.
  static let all: [RightOption] = [
    RightOption(
      name: "prefix", expected: "a directory below files/, such as cam7 or site/cam7",
      read: { text, rights in
        let name = text.hasSuffix("/") ? String(text.dropLast()) : text
        rights.prefix = try? FileName(printable: Array(name.utf8))
        return rights.prefix != nil && !text.contains(where: \.isWhitespace)
      }, write: { $0.prefix?.text }),
    RightOption(
      name: "from", expected: "networks, such as 10.0.0.0/8,fd00::/8",
      read: { text, rights in
        rights.networks = Network.list(text)
        return rights.networks != nil
      }, write: { $0.networks?.map(\.description).joined(separator: ",") }),
    size("max-file-size", \.largestFile),
    size("quota", \.quota),
    size("quota-day", \.dailyQuota),
    RightOption(
      name: "sessions", expected: "a number from 1 to 10000",
      read: { text, rights in
        rights.sessions = Int(text).flatMap { (1...10_000).contains($0) ? $0 : nil }
        return rights.sessions != nil
      }, write: { $0.sessions.map(String.init) }),
    size("rate", \.rate),
    RightOption(
      name: "send", expected: "yes or no",
      read: { text, rights in
        rights.maySend = text == "yes"
        return text == "yes" || text == "no"
      }, write: { $0.maySend ? nil : "no" }),
    RightOption(
      name: "history", expected: "own, all or none",
      read: { text, rights in
        guard let reading = HistoryScope(rawValue: text) else { return false }
        rights.reading = reading
        return true
      }, write: { $0.reading == .own ? nil : $0.reading.rawValue }),
    RightOption(
      name: "expires", expected: "a time in UTC, such as 2027-01-31T00:00:00Z, or a date",
      read: { text, rights in
        rights.expiry = TimeText.parseMoment(text)
        return rights.expiry != nil
      }, write: { $0.expiry.map(TimeText.rfc3339) }),
  ]

  /// An option with a number of bytes as its value.
  private static func size(
    _ name: String, _ path: WritableKeyPath<Rights, UInt64?> & Sendable
  ) -> RightOption {
    RightOption(
      name: name, expected: "bytes, or a number with K, M, G or T",
      read: { text, rights in
        rights[keyPath: path] = ByteCount.parse(text)
        return rights[keyPath: path] != nil
      }, write: { $0[keyPath: path].map(String.init) })
  }
}

extension Rights {
  /// Sets the right of an option such as `prefix=cam7`.
  package mutating func set(_ text: some StringProtocol) throws(BadOption) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let option = RightOption.all.first(where: { $0.name == parts[0] }) else {
      let known = RightOption.all.map(\.name).joined(separator: ", ")
      throw BadOption(why: "unknown option \"\(parts[0])\"; the options are \(known)")
    }
    let value = parts.count == 2 ? String(parts[1]) : ""
    guard !value.isEmpty, option.read(value, &self) else {
      throw BadOption(
        why: "\(option.name): invalid value \"\(value)\"; expected \(option.expected)")
    }
  }

  /// The options that are not at their defaults, as a line has them.
  package var options: [String] {
    RightOption.all.compactMap { option in option.write(self).map { "\(option.name)=\($0)" } }
  }
}

/// An option of a line that cannot be used.
package struct BadOption: Error, CustomStringConvertible, Sendable {
  /// The reason, and what is expected.
  package let why: String
  package var description: String { why }
}
