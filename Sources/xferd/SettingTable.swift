import Logging
import XferLog
import XferProtocol
import XferSystem

/// The settings of the receiver. Each is declared here once; `SettingOptions` lists the options and
/// `Settings` holds the values.
enum SettingTable {
  static let listen = Setting.address(
    "listen", port: 5005, help: "The address to receive on; port 0 chooses a free port.")

  static let http = Setting.address(
    "http", port: 5080,
    help: "The address of /stats, /metrics, /healthz, /readyz and /history.")

  static let data = Setting<String?>(
    name: "data", valueName: "dir", help: "The directory of the files and the history. Required.",
    defaultText: nil, defaultValue: nil, expected: "a directory",
    parse: { $0.isEmpty ? nil : .some($0) })

  static let durability = Setting<Durability>.choice(
    "durability", valueName: "mode", default: "receipt", words: "receipt or lazy",
    help: """
      receipt: a receipt is sent when the file would survive a loss of power. lazy: when the \
      operating system has the file.
      """,
    parse: { ["receipt": .durable, "lazy": .lazy][$0] })

  static let digest = Setting<DigestMethod>.choice(
    "digest", valueName: "method", default: "sha256", words: "sha256 or none",
    help: """
      sha256: receipts and history contain the SHA-256 of each file. none: they do not, which \
      saves half a core at a gigabyte per second. The native protocol still checks the CRC-32C of \
      the content. A classic transfer has no check then, and verification compares only lengths.
      """,
    parse: { ["sha256": DigestMethod.sha256, "none": DigestMethod.none][$0] })

  static let maxConnections = Setting.number(
    "max-connections", default: 512, in: 1...10_000,
    help: "The number of connections that are served at once.")

  static let maxPerAddress = Setting.number(
    "max-per-address", default: 256, in: 1...10_000,
    help: "The number of connections that are served at once from one address.")

  static let maxFileSize = Setting.unlimitedSize(
    "max-file-size", largest: WireLimits.size,
    help: "The largest file that is accepted, e.g. 500M, 20G or a number of bytes.")

  static let reserve = Setting.size(
    "reserve", default: "64M",
    help: "The disk space that transfers leave free, e.g. 64M.")

  static let keepPartial = Setting.duration(
    "keep-partial", default: "1d", in: 0...SettingText.longest,
    help: "How long an interrupted transfer is kept for its sender to resume it, e.g. 90m or 2d.")

  static let maxPartials = Setting.number(
    "max-partials", default: 1000, in: 0...1_000_000,
    help: "The number of interrupted transfers that are kept for one client address.")

  static let maxPartialBytes = Setting.unlimitedSize(
    "max-partial-bytes", largest: .max,
    help: "The bytes of interrupted transfers that are kept for one client address.")

  static let keepFailed = Setting.unlimitedDuration(
    "keep-failed", help: "How long rows of failed transfers are kept in the history, e.g. 90d.")

  static let keepHistory = Setting.unlimitedDuration(
    "keep-history",
    help: """
      How long rows of any kind are kept in the history, e.g. 3650d. A file without a row is new \
      to the receiver.
      """)

  static let minRate = Setting.number(
    "min-rate", default: 100, in: 0...1_000_000_000,
    help: """
      The bytes per second that a client must send on average during --stall-timeout while it \
      sends; 0 for no minimum.
      """)

  static let headerTimeout = Setting.duration(
    "header-timeout", default: "10s", in: 1...3600,
    help: "How long a greeting or a classic header may take, e.g. 10s.")

  static let stallTimeout = Setting.duration(
    "stall-timeout", default: "60s", in: 1...86_400,
    help: "How long a client may be silent during a transfer, e.g. 90s.")

  static let idleTimeout = Setting.duration(
    "idle-timeout", default: "5m", in: 1...86_400,
    help: "How long a client may be silent between two transfers, e.g. 5m.")

  static let drain = Setting.duration(
    "drain", default: "30s", in: 0...86_400,
    help: "How long transfers in flight may take to finish at a shutdown, e.g. 2m.")

  static let sandbox = Setting<SandboxMode>.choice(
    "sandbox", valueName: "mode", default: "on", words: "on, require or off",
    help: """
      on: each process can reach only what it needs, as far as the kernel has the means. require: \
      the receiver does not run if the kernel lacks one. off: for debugging.
      """,
    parse: { SandboxMode(rawValue: $0) })

  static let user = Setting<String?>(
    name: "user", valueName: "name",
    help: """
      The user to become after the port is bound; needs a start as root. The data directory must \
      belong to that user.
      """,
    defaultText: "the user that starts it", defaultValue: nil, expected: "the name of a user",
    parse: { SettingText.isUserName($0) ? .some($0) : nil })

  static let log = Setting<LogFormat>.choice(
    "log", valueName: "format", default: "text", words: "text or json",
    help: "The format of the log on standard error: text or json.",
    parse: { LogFormat(rawValue: $0) })

  static let logLevel = Setting<Logger.Level>.choice(
    "log-level", valueName: "level", default: "info",
    words: "debug, info, notice, warning or error",
    help: "The lowest level that is logged: debug, info, notice, warning or error.",
    parse: { Logger.Level(rawValue: $0) })
}
