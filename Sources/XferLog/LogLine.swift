import FoundationEssentials
import Glibc
import Logging

/// One event, ready to be written.
struct LogLine {
  let time = Date()
  let level: Logger.Level
  let process: String
  let pid: pid_t
  let message: String
  let details: Logger.Metadata

  func rendered(as format: LogFormat) -> String {
    switch format {
    case .text: text
    case .json: json
    }
  }

  private var timestamp: String {
    time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  private var text: String {
    let pairs = details.sorted { LogLine.rank($0.key) < LogLine.rank($1.key) }.map {
      " \($0.key)=\(LogLine.quoted("\($0.value)"))"
    }
    let line = "\(timestamp) \(level) \(process)[\(pid)] \(shownMessage)\(pairs.joined())"
    return LogLine.onOneLine(line)
  }

  /// A message with an equals sign in it, as a peer's words may have, stands in quotes: what looks like a field in it
  /// is none.
  private var shownMessage: String {
    message.utf8.contains(UInt8(ascii: "=")) ? LogLine.quoted(message) : message
  }

  /// What a peer says may stand in a line and must not begin another one, or move a cursor.
  private static func onOneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.reduce(into: "") { line, scalar in
      line += isControl(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }

  /// Who and what come first, long digests last, the rest by name.
  private static func rank(_ key: String) -> (Int, String) {
    let first = ["client", "name", "bytes", "took", "rate"]
    return (first.firstIndex(of: key) ?? (key == "sha256" ? 99 : 50), key)
  }

  /// A value with spaces or quotes stands in quotes, so that a line can be cut into its parts.
  private static func quoted(_ value: String) -> String {
    var (needsQuotes, needsEscapes) = (value.isEmpty, false)
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "="): needsQuotes = true
      case UInt8(ascii: "\""): (needsQuotes, needsEscapes) = (true, true)
      case UInt8(ascii: "\\"): needsEscapes = true
      default: break
      }
    }
    guard needsQuotes else { return value }
    guard needsEscapes else { return "\"" + value + "\"" }
    return "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(Object(line: self)) else { return text }
    return String(decoding: data, as: UTF8.self)
  }

  private struct Object: Encodable {
    let line: LogLine

    func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: Key.self)
      for (name, value) in line.details { try encode(value, as: name, into: &object) }
      try object.encode(line.timestamp, forKey: Key("time"))
      try object.encode(line.level.rawValue, forKey: Key("level"))
      try object.encode(line.process, forKey: Key("process"))
      try object.encode(line.pid, forKey: Key("pid"))
      try object.encode(line.message, forKey: Key("message"))
    }

    private func encode(
      _ value: Logger.MetadataValue, as name: String, into object: inout KeyedEncodingContainer<Key>
    ) throws {
      if case .stringConvertible(let number as any BinaryInteger) = value {
        try object.encode(Int64(clamping: number), forKey: Key(name))
      } else {
        try object.encode("\(value)", forKey: Key(name))
      }
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}
