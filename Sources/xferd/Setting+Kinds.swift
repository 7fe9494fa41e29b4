import XferSystem
import XferText

extension Setting where Value == Endpoint {
  /// An address with a port. `host` is the default, all interfaces if it is not given.
  static func address(
    _ name: String, host: String = "::", port: UInt16, help: String
  ) -> Setting {
    let usual = Endpoint(host: host, port: port)
    return Setting(
      name: name, valueName: "address:port", help: help, defaultText: "\(usual)",
      defaultValue: usual,
      expected: "an address with a port, such as [::]:\(port) or 127.0.0.1:\(port)",
      parse: { Endpoint($0) })
  }
}

extension Setting where Value == Int {
  /// A whole number within bounds.
  static func number(
    _ name: String, default number: Int, in bounds: ClosedRange<Int>, help: String
  ) -> Setting {
    Setting(
      name: name, valueName: "n", help: help, defaultText: "\(number)", defaultValue: number,
      expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
      parse: { parsed(in: bounds, $0) })
  }

  fileprivate static func parsed(in bounds: ClosedRange<Int>, _ text: String) -> Int? {
    Int(text).flatMap { bounds.contains($0) ? $0 : nil }
  }
}

extension Setting where Value == Int? {
  /// A whole number within bounds. Its default follows from another setting, as `defaultText` says.
  static func derivedNumber(
    _ name: String, defaultText: String, in bounds: ClosedRange<Int>, help: String
  ) -> Setting {
    Setting(
      name: name, valueName: "n", help: help, defaultText: defaultText, defaultValue: nil,
      expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
      parse: { Setting<Int>.parsed(in: bounds, $0).map { .some($0) } })
  }
}

extension Setting where Value == Duration {
  /// A duration in whole seconds within bounds. `text` is the default as it is typed.
  static func duration(
    _ name: String, default text: String, in bounds: ClosedRange<Int>, help: String
  ) -> Setting {
    let parse: @Sendable (String) -> Duration? = { text in
      SettingText.seconds(text).flatMap { bounds.contains($0) ? .seconds($0) : nil }
    }
    return Setting(
      name: name, valueName: "time", help: help, defaultText: text,
      defaultValue: SettingText.valid(parse(text), name: name),
      expected: "a duration such as 90s, 5m or 12h, from \(bounds.lowerBound) to "
        + "\(bounds.upperBound) seconds",
      parse: parse)
  }
}

extension Setting where Value == Duration? {
  /// A duration in whole seconds. The default is no limit.
  static func unlimitedDuration(_ name: String, help: String) -> Setting {
    Setting(
      name: name, valueName: "time", help: help, defaultText: "for ever", defaultValue: nil,
      expected: "a duration such as 12h or 90d",
      parse: { text in SettingText.seconds(text).map { .some(.seconds($0)) } })
  }
}

extension Setting where Value == UInt64 {
  private static var expectedSize: String { "bytes, or a number with K, M, G or T" }

  /// A number of bytes. `text` is the default as it is typed.
  static func size(_ name: String, default text: String, help: String) -> Setting {
    Setting(
      name: name, valueName: "size", help: help, defaultText: text,
      defaultValue: SettingText.valid(ByteCount.parse(text), name: name),
      expected: expectedSize, parse: ByteCount.parse)
  }

  /// A number of bytes. The default is no limit, which is the value `largest`.
  static func unlimitedSize(_ name: String, largest: UInt64, help: String) -> Setting {
    Setting(
      name: name, valueName: "size", help: help, defaultText: "no limit", defaultValue: largest,
      expected: expectedSize, parse: ByteCount.parse)
  }
}

extension Setting {
  /// One of a few words, at least two. `text` is the default as it is typed.
  static func choice(
    _ name: String, valueName: String, default text: String, words: [String], help: String,
    parse: @escaping @Sendable (String) -> Value?
  ) -> Setting {
    Setting(
      name: name, valueName: valueName, help: help, defaultText: text,
      defaultValue: SettingText.valid(parse(text), name: name), completion: .list(words),
      expected: SettingText.choice(of: words), parse: parse)
  }
}

extension Setting where Value == Bool {
  /// Yes or no. `text` is the default as it is typed.
  static func yesOrNo(_ name: String, default text: String, help: String) -> Setting {
    choice(
      name, valueName: "yes|no", default: text, words: ["yes", "no"], help: help,
      parse: { ["yes": true, "no": false][$0] })
  }
}

extension Setting where Value == String? {
  /// The path of a file. The default is none.
  static func file(_ name: String, help: String, defaultText: String = "none") -> Setting {
    Setting(
      name: name, valueName: "file", help: help, defaultText: defaultText, defaultValue: nil,
      completion: .file(), expected: "the path of a file", parse: { $0.isEmpty ? nil : .some($0) })
  }
}

extension Setting where Value == [Network]? {
  /// Networks with commas between them. The default is none.
  static func networks(_ name: String, help: String, defaultText: String) -> Setting {
    Setting(
      name: name, valueName: "networks", help: help, defaultText: defaultText, defaultValue: nil,
      expected: "networks with commas between them, such as 10.0.0.0/8,fd00::/8",
      parse: { text in Network.list(text).map { .some($0) } })
  }
}
