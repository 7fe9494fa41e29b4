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
    let pairs = details.sorted { $0.key < $1.key }.map {
      " \($0.key)=\(LogLine.quoted("\($0.value)"))"
    }
    return "\(timestamp) \(level) \(process)[\(pid)] \(message)\(pairs.joined())"
  }

  /// A value with spaces or quotes stands in quotes, so that a line can be cut into its parts.
  private static func quoted(_ value: String) -> String {
    guard value.isEmpty || value.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else {
      return value
    }
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
