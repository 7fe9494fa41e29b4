import FoundationEssentials
import Glibc
import Logging

/// One log event.
struct LogLine {
  let time = Date()
  let level: Logger.Level
  let process: String
  let pid: pid_t
  let message: String
  let details: Logger.Metadata

  /// Returns the line without its newline.
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

  /// The message, in quotes if it contains an equals sign. Otherwise text from a client could look
  /// like a field.
  private var shownMessage: String {
    message.utf8.contains(UInt8(ascii: "=")) ? LogLine.quoted(message) : message
  }

  /// Escapes control characters, so that text from a client cannot begin another line or move a
  /// cursor.
  private static func onOneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.reduce(into: "") { line, scalar in
      line += isControl(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }

  /// The sort key of a field: client, its address, name and figures first, the long digest last,
  /// the others by name.
  private static func rank(_ key: String) -> (Int, String) {
    let first = ["client", "address", "name", "bytes", "took", "rate"]
    return (first.firstIndex(of: key) ?? (key == "sha256" ? 99 : 50), key)
  }

  /// Quotes a value that is empty or contains a space, an equals sign or a quote, so that a line
  /// can be parsed.
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

  /// The JSON form. The fixed keys are encoded last, so that details cannot replace them.
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
