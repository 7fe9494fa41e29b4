import ArgumentParser

/// The options as they are typed: texts, so that a wrong value is refused in the same words
/// whether it stood on the command line or in the environment.
struct SettingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to receive; port 0 picks a free one. (default: [::]:5005)", valueName: "address:port"))
  var listen: String?

  @Option(
    help: ArgumentHelp(
      "Where to serve /stats, /metrics, /healthz, /readyz and /history. (default: [::]:5080)",
      valueName: "address:port"))
  var http: String?

  @Option(
    help: ArgumentHelp(
      "The directory that holds the files and the history. Required.", valueName: "dir"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "receipt: a receipt is sent when the file would survive a loss of power. lazy: when the operating system has it. (default: receipt)",
      valueName: "how"))
  var durability: String?

  @Option(
    help: ArgumentHelp(
      "sha256: receipts and history hold the SHA-256 of each file. none: they do not, which saves half of a core at a gigabyte a second; the CRC-32C of the native protocol is checked all the same, a classic transfer not at all, and xferctl verify goes by lengths. (default: sha256)",
      valueName: "method"))
  var digest: String?

  @Option(help: ArgumentHelp("Connections served at once. (default: 512)", valueName: "n"))
  var maxConnections: String?

  @Option(
    help: ArgumentHelp(
      "Connections served at once from one address. (default: 256)", valueName: "n"))
  var maxPerAddress: String?

  @Option(
    help: ArgumentHelp(
      "The largest file that is taken, as 500M, 20G or bytes. (default: no limit)",
      valueName: "size"))
  var maxFileSize: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of the disk that transfers leave free, as 64M; failures are not written down well before. "
        + "(default: 64M)", valueName: "size"))
  var reserve: String?

  @Option(
    help: ArgumentHelp(
      "How long a broken transfer is kept for its sender to come back, as 90m or 2d. (default: 1d)",
      valueName: "time"))
  var keepPartial: String?

  @Option(
    help: ArgumentHelp(
      "Broken transfers that are kept for one client address. (default: 1000)", valueName: "n"))
  var maxPartials: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of broken transfers that are kept for one client address. (default: no limit)",
      valueName: "size"))
  var maxPartialBytes: String?

  @Option(
    help: ArgumentHelp(
      "How long rows of failed transfers stay in the history, as 90d. (default: for ever)",
      valueName: "time"))
  var keepFailed: String?

  @Option(
    help: ArgumentHelp(
      "How long rows of any kind stay in the history, as 3650d; a file whose row is gone is new to the receiver. (default: for ever)",
      valueName: "time"))
  var keepHistory: String?

  @Option(
    help: ArgumentHelp(
      "Bytes a second that a peer must bring while it sends, over --stall-timeout. (default: 100)",
      valueName: "n"))
  var minRate: String?

  @Option(
    help: ArgumentHelp(
      "How long a greeting or a classic header may take, as 10s. (default: 10s)", valueName: "time")
  )
  var headerTimeout: String?

  @Option(
    help: ArgumentHelp(
      "How long a peer may say nothing in the middle of a transfer, as 90s. (default: 60s)",
      valueName: "time"))
  var stallTimeout: String?

  @Option(
    help: ArgumentHelp(
      "How long a peer may say nothing between two transfers, as 5m. (default: 5m)",
      valueName: "time"))
  var idleTimeout: String?

  @Option(
    help: ArgumentHelp(
      "How long transfers in flight get to finish at the end, as 2m. (default: 30s)",
      valueName: "time"))
  var drain: String?

  @Option(
    help: ArgumentHelp(
      "How to write the log: text or json, on standard error. (default: text)", valueName: "format")
  )
  var log: String?

  @Option(
    help: ArgumentHelp(
      "The least that is logged: debug, info, notice, warning or error. (default: info)",
      valueName: "level"))
  var logLevel: String?
}
