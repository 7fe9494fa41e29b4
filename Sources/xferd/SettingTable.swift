import Logging
import XferLog
import XferProtocol
import XferSession
import XferStats
import XferSystem

/// The settings of the receiver. Each is declared here once; `SettingOptions` lists the options and
/// `Settings` holds the values.
enum SettingTable {
  static let listen = Setting.address(
    "listen", port: 5005, help: "The address to receive on; port 0 chooses a free port.")

  static let access = Setting<Access.Mode>.choice(
    "access", valueName: "mode", default: "identified", words: ["identified", "open"],
    help: """
      identified: only enrolled clients are served, over TLS. open: every client is served, also \
      without encryption; for a trusted network.
      """,
    parse: { ["identified": .identified, "open": .open][$0] })

  static let openFrom = Setting.networks(
    "open-from",
    help: "With --access open, the networks whose clients need no identity, e.g. 10.0.0.0/8.",
    defaultText: "all")

  static let certificate = Setting.file(
    "certificate",
    help: "The certificate chain for TLS in PEM; needs --key. Reloaded on SIGHUP.",
    defaultText: "the receiver's own")

  static let key = Setting.file(
    "key", help: "The private key of --certificate in PEM.", defaultText: "the receiver's own")

  static let clientCA = Setting.file(
    "client-ca",
    help: "The authorities, in PEM, whose certificates identify clients by their names.")

  static let http = Setting.address(
    "http", host: "127.0.0.1", port: 5080,
    help: "The address of /stats, /metrics, /healthz, /readyz and /history.")

  static let httpCertificate = Setting.file(
    "http-certificate",
    help: """
      A PEM file with the certificate with which the pages are served over HTTPS, followed by \
      those that sign it.
      """)

  static let httpKey = Setting.file(
    "http-key", help: "A PEM file with the private key of --http-certificate.")

  static let httpAuth = Setting<Bool?>(
    name: "http-auth", valueName: "mode",
    help: """
      token: pages that name files or clients need a token, which "xferd token add" makes. none: \
      they do not.
      """,
    defaultText: "token with --access identified, else none", defaultValue: nil,
    completion: .list(["token", "none"]), expected: "token or none",
    parse: { ["token": true, "none": false][$0].map { .some($0) } })

  /// The pages without a token, unless a setting says otherwise.
  static let usualOpenPages: Set<StatsServer.OpenPage> = [.health, .metrics]

  static let httpOpen = Setting<Set<StatsServer.OpenPage>?>(
    name: "http-open", valueName: "pages",
    help: """
      The pages that need no token with --http-auth token: health (/healthz and /readyz), metrics, \
      both with a comma, or none.
      """,
    defaultText: "health,metrics", defaultValue: nil,
    expected: "health, metrics, health,metrics or none",
    parse: { text in SettingText.openPages(text).map { .some($0) } })

  static let data = Setting<String?>(
    name: "data", valueName: "dir", help: "The directory of the files and the history. Required.",
    defaultText: nil, defaultValue: nil, completion: .directory, expected: "a directory",
    parse: { $0.isEmpty ? nil : .some($0) })

  static let durability = Setting<Durability>.choice(
    "durability", valueName: "mode", default: "receipt", words: ["receipt", "lazy"],
    help: """
      receipt: a receipt is sent when the file would survive a loss of power. lazy: when the \
      operating system has the file.
      """,
    parse: { ["receipt": .durable, "lazy": .lazy][$0] })

  static let digest = Setting<DigestMethod>.choice(
    "digest", valueName: "method", default: "sha256", words: ["sha256", "none"],
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

  static let maxPerClient = Setting.derivedNumber(
    "max-per-client", defaultText: "three quarters of --max-connections", in: 1...10_000,
    help: """
      The number of connections that are served at once for one enrolled client. sessions= in its \
      line takes precedence.
      """)

  static let maxUnidentified = Setting.number(
    "max-unidentified", default: 64, in: 1...10_000,
    help: """
      The number of connections that may stay without a whole greeting. Beyond it the oldest of \
      the address that has the most of them must leave after a second.
      """)

  static let maxNewPerSecond = Setting.number(
    "max-new-per-second", default: 2000, in: 1...1_000_000,
    help: "The number of new connections a second. More are closed at once.")

  static let maxNewPerSecondPerAddress = Setting.number(
    "max-new-per-second-per-address", default: 1000, in: 1...1_000_000,
    help: "The number of new connections a second from one address. More are closed at once.")

  static let maxBytesPerSecond = Setting.unlimitedSize(
    "max-bytes-per-second", largest: .max,
    help: "The bytes a second that are received in all, e.g. 100M.")

  static let maxBytesPerSecondPerAddress = Setting.unlimitedSize(
    "max-bytes-per-second-per-address", largest: .max,
    help: "The bytes a second that are received from one address, e.g. 10M.")

  static let trustProxy = Setting<[Network]>(
    name: "trust-proxy", valueName: "networks",
    help: """
      The addresses of proxies and balancers, e.g. 10.0.0.7 or 10.0.0.0/24,fd00::/64. Each \
      connection from them must begin with a PROXY header, version 1 or 2, and counts as one of \
      the client's address. A header from another address is not read.
      """,
    defaultText: "none", defaultValue: [],
    expected: "addresses or networks with commas between them, such as 10.0.0.0/24",
    parse: { Network.list($0) })

  static let maxFileSize = Setting.unlimitedSize(
    "max-file-size", largest: WireLimits.size,
    help: "The largest file that is accepted, e.g. 500M, 20G or a number of bytes.")

  static let names = Setting<Bool>.choice(
    "names", valueName: "kind", default: "printable", words: ["printable", "any"],
    help: """
      printable: names are UTF-8 without control characters. any: names of any bytes are accepted, \
      line feeds and escape sequences among them.
      """,
    parse: { ["printable": false, "any": true][$0] })

  static let keepModes = Setting.yesOrNo(
    "keep-modes", default: "yes",
    help: "Files get the permission bits that they have at their senders; never setuid and setgid.")

  static let keepTimes = Setting.yesOrNo(
    "keep-times", default: "yes",
    help: "Files get the times of the last change that they have at their senders.")

  static let reserve = Setting.size(
    "reserve", default: "64M",
    help: "The disk space that transfers leave free, e.g. 64M.")

  static let keepPartial = Setting.duration(
    "keep-partial", default: "1d", in: 0...SettingText.longest,
    help: "How long an interrupted transfer is kept for its sender to resume it, e.g. 90m or 2d.")

  static let maxPartials = Setting.number(
    "max-partials", default: 1000, in: 0...1_000_000,
    help: "The number of interrupted transfers that are kept for one client.")

  static let maxPartialBytes = Setting.unlimitedSize(
    "max-partial-bytes", largest: .max,
    help: "The bytes of interrupted transfers that are kept for one client.")

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

  static let onFile = Setting<String?>(
    name: "on-file", valueName: "command",
    help: """
      Run this command, as sh -c, after each published file. Its environment (XFER_NAME, XFER_PATH, \
      ...) and its standard input (JSON) describe the file.
      """,
    defaultText: "none", defaultValue: nil, expected: "a command",
    parse: { $0.isEmpty ? nil : .some($0) })

  static let onSet = Setting<String?>(
    name: "on-set", valueName: "command",
    help: "Run this command, as sh -c, after each set that is complete.",
    defaultText: "none", defaultValue: nil, expected: "a command",
    parse: { $0.isEmpty ? nil : .some($0) })

  static let hookJobs = Setting.number(
    "hook-jobs", default: 4, in: 1...256,
    help: "The number of commands of --on-file and --on-set that run at once.")

  static let hookTimeout = Setting.duration(
    "hook-timeout", default: "5m", in: 1...604_800,
    help: "How long such a command may run before it is ended, which counts as a failure.")

  static let hookRetry = Setting.duration(
    "hook-retry", default: "1d", in: 0...SettingText.longest,
    help: "How long a command that fails is run again, with pauses of 1 s to 1 h.")

  static let sandbox = Setting<SandboxMode>.choice(
    "sandbox", valueName: "mode", default: "on", words: ["on", "require", "off"],
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
    "log", valueName: "format", default: "text", words: ["text", "json"],
    help: "The format of the log on standard error: text or json.",
    parse: { LogFormat(rawValue: $0) })

  static let logLevel = Setting<Logger.Level>.choice(
    "log-level", valueName: "level", default: "info",
    words: ["debug", "info", "notice", "warning", "error"],
    help: "The lowest level that is logged: debug, info, notice, warning or error.",
    parse: { Logger.Level(rawValue: $0) })
}
