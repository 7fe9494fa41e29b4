import Glibc
import Logging
import XferHooks
import XferIdentity
import XferKeys
import XferProtocol
import XferRecorder
import XferSQLite
import XferSession
import XferStats
import XferStorage
import XferSupervisor
import XferSystem
import XferTokens

/// The settings as the options of each process.
extension Settings {
  var supervisorOptions: Supervisor.Options {
    var options = Supervisor.Options()
    options.limits = limits
    options.trustedProxies = trustedProxies
    options.drain = drain
    options.grants = { [data] in
      try ClientNotice(data: data, log: Logger(label: "supervisor")).read().isValid
    }
    return options
  }

  func recorderOptions(
    _ data: DataDirectory, clients: PrivateDirectory, hooks: Wakeup?
  ) -> RecorderOptions {
    var options = RecorderOptions(
      data: data, published: published(data), history: history(data), clients: clients,
      durability: durability, keepPartial: keepPartial)
    options.reserve = Int64(clamping: reserve)
    options.keepFailed = keepFailed
    options.keepHistory = keepHistory
    options.hooks = hooks
    return options
  }

  /// The settings of the hooks; nil if there is no command.
  func hookOptions(_ data: DataDirectory) -> HookOptions? {
    var commands: [HookKind: String] = [:]
    commands[.file] = onFile
    commands[.set] = onSet
    guard !commands.isEmpty else { return nil }
    var options = HookOptions(
      commands: commands, history: history(data), files: Settings.absolute(data.path) + "/files")
    options.jobs = hookJobs
    options.timeout = hookTimeout
    options.retryFor = hookRetry
    return options
  }

  /// Returns a path that commands in another working directory can use.
  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return String(cString: current) + "/" + path
  }

  /// The kind of history that all processes use. Each opens it itself, after its fork.
  func history(_ data: DataDirectory) -> SQLiteHistory {
    SQLiteHistory(path: data.databasePath)
  }

  /// The store of published files that all processes use.
  private func published(_ data: DataDirectory) -> PublishedFiles { PublishedFiles(data) }

  func statsOptions(_ data: DataDirectory) -> StatsServer.Options {
    var options = StatsServer.Options(
      endpoint: http, history: history(data), patience: stallTimeout,
      tokens: TokenFile(directory: ReceiverFiles.tokens(in: data.path)))
    options.requiresToken = httpNeedsToken
    options.openPages = httpOpenPages
    options.certificate = httpCertificate
    return options
  }

  var keyOptions: KeyOptions {
    KeyOptions(source: keySource)
  }

  func sessionOptions(_ data: DataDirectory) -> SessionOptions {
    var options = SessionOptions(
      data: data, published: published(data), durability: durability)
    options.access = access
    options.digest = digest
    options.largestFile = largestFile
    options.takesAnyName = takesAnyName
    options.keepsModes = keepsModes
    options.keepsTimes = keepsTimes
    options.reserve = Int64(clamping: reserve)
    options.partials = partials
    options.trustedProxies = trustedProxies
    options.perAddress = limits.perAddress
    options.perClient = perClient
    options.bytesPerSecond = bytesPerSecond
    options.bytesPerSecondPerAddress = bytesPerSecondPerAddress
    options.minRate = minRate
    options.headerTimeout = headerTimeout
    options.stallTimeout = stallTimeout
    options.idleTimeout = idleTimeout
    return options
  }
}
