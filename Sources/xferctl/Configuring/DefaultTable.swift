/// The defaults that can be set. Each is declared here once; docs/operations.md has the same table.
enum DefaultTable {
  /// The commands that connect to a receiver.
  private static let connecting: Set<String> = ["send", "history", "stats", "ping", "health"]

  static let all: [DefaultKey] =
    connection + [
      DefaultKey("to", .send, unless: ["--as"]),
      DefaultKey("links", .send),
      DefaultKey("jobs", .send),
      DefaultKey("limit", .send),
      DefaultKey("retry-for", .send),
      DefaultKey("checksum", .send, .flag),
      DefaultKey("verify", .send, .flag),
      DefaultKey("machine", .send),
      DefaultKey("bind", .send),
      DefaultKey("quiet", .send, .flag, unless: ["--json", "--dry-run"]),
      DefaultKey("json", .send, .flag, unless: ["--quiet"]),
      DefaultKey("format", .history),
      DefaultKey("limit", .history),
    ]

  /// The choice of the receiver. `ServerOptions` reads these, because an option for one of them
  /// also rules out others.
  static let server = DefaultKey("server", .connection, commands: connecting)
  static let pin = DefaultKey("pin", .connection, commands: connecting)
  static let ca = DefaultKey("ca", .connection, commands: connecting)
  static let plain = DefaultKey("plain", .connection, .flag, commands: connecting)

  private static let connection = [
    server, pin, ca, plain, DefaultKey("timeout", .connection, commands: connecting),
  ]

  /// True if the option is added to the command line. The others are read by `ServerOptions`.
  static func isInserted(_ key: DefaultKey) -> Bool {
    ![server, pin, ca, plain].contains { $0.name == key.name && $0.section == key.section }
  }
}
