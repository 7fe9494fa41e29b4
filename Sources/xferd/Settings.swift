import ArgumentParser
import Logging
import XferLog
import XferMetrics
import XferProtocol
import XferSupervisor
import XferSystem

/// The checked values of all settings. `SettingTable` describes them.
struct Settings {
  let listen: Endpoint
  let http: Endpoint
  let data: String
  let durability: Durability
  let digest: DigestMethod
  let limits: Admission.Limits
  /// Bytes.
  let largestFile: UInt64
  /// Bytes.
  let reserve: UInt64
  let partials: PartialShares.Limits
  let keepPartial: Duration
  /// Nil for no limit.
  let keepFailed: Duration?
  let keepHistory: Duration?
  /// Bytes per second.
  let minRate: Int
  let headerTimeout: Duration
  let stallTimeout: Duration
  let idleTimeout: Duration
  let drain: Duration
  let sandbox: SandboxMode
  /// Nil for the user that started the receiver.
  let user: String?
  let log: LogFormat
  let logLevel: Logger.Level
  /// The variables of the environment that look like settings and are not.
  let unknownVariables: [String]

  /// Reads all settings. Throws a `ValidationError` for the first invalid one.
  init(_ typed: SettingOptions, environment: [String: String] = ProcessEnvironment.all) throws {
    var source = SettingSource(environment: environment)
    listen = try source.value(of: SettingTable.listen, typed: typed.listen)
    http = try source.value(of: SettingTable.http, typed: typed.http)
    data = try source.data(typed)
    durability = try source.value(of: SettingTable.durability, typed: typed.durability)
    digest = try source.value(of: SettingTable.digest, typed: typed.digest)
    limits = try source.limits(typed)
    largestFile = try source.value(of: SettingTable.maxFileSize, typed: typed.maxFileSize)
    reserve = try source.value(of: SettingTable.reserve, typed: typed.reserve)
    keepPartial = try source.value(of: SettingTable.keepPartial, typed: typed.keepPartial)
    partials = try source.partials(typed)
    keepFailed = try source.value(of: SettingTable.keepFailed, typed: typed.keepFailed)
    keepHistory = try source.value(of: SettingTable.keepHistory, typed: typed.keepHistory)
    minRate = try source.value(of: SettingTable.minRate, typed: typed.minRate)
    headerTimeout = try source.value(of: SettingTable.headerTimeout, typed: typed.headerTimeout)
    stallTimeout = try source.value(of: SettingTable.stallTimeout, typed: typed.stallTimeout)
    idleTimeout = try source.value(of: SettingTable.idleTimeout, typed: typed.idleTimeout)
    drain = try source.value(of: SettingTable.drain, typed: typed.drain)
    sandbox = try source.value(of: SettingTable.sandbox, typed: typed.sandbox)
    user = try source.value(of: SettingTable.user, typed: typed.user)
    log = try source.value(of: SettingTable.log, typed: typed.log)
    logLevel = try source.value(of: SettingTable.logLevel, typed: typed.logLevel)
    unknownVariables = source.unknown
  }
}

extension SettingSource {
  fileprivate mutating func data(_ typed: SettingOptions) throws -> String {
    guard let data = try value(of: SettingTable.data, typed: typed.data) else {
      throw ValidationError(
        "--data is required: the directory of the files and the history, e.g. --data /srv/xfer")
    }
    return data
  }

  fileprivate mutating func limits(_ typed: SettingOptions) throws -> Admission.Limits {
    var limits = Admission.Limits()
    limits.connections = try value(of: SettingTable.maxConnections, typed: typed.maxConnections)
    limits.perAddress = try value(of: SettingTable.maxPerAddress, typed: typed.maxPerAddress)
    return limits
  }

  fileprivate mutating func partials(_ typed: SettingOptions) throws -> PartialShares.Limits {
    PartialShares.Limits(
      files: Int64(try value(of: SettingTable.maxPartials, typed: typed.maxPartials)),
      bytes: Int64(
        clamping: try value(of: SettingTable.maxPartialBytes, typed: typed.maxPartialBytes)))
  }
}
