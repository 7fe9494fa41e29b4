import ArgumentParser
import Logging
import XferKeys
import XferLog
import XferMetrics
import XferProtocol
import XferSession
import XferStats
import XferSupervisor
import XferSystem

/// The checked values of all settings. `SettingTable` describes them.
struct Settings {
  let listen: Endpoint
  let access: Access
  let keySource: KeyOptions.Source
  let http: Endpoint
  /// Nil for HTTP without TLS.
  let httpCertificate: ServerCertificate?
  let httpNeedsToken: Bool
  let httpOpenPages: Set<StatsServer.OpenPage>
  let data: String
  let durability: Durability
  let digest: DigestMethod
  let limits: Admission.Limits
  /// The connections of one enrolled client.
  let perClient: Int
  let trustedProxies: [Network]
  /// `.max` for no limit.
  let bytesPerSecond: UInt64
  let bytesPerSecondPerAddress: UInt64
  /// Bytes.
  let largestFile: UInt64
  /// The commands of the hooks; nil if there is none.
  let onFile: String?
  let onSet: String?
  let hookJobs: Int
  let hookTimeout: Duration
  let hookRetry: Duration
  let takesAnyName: Bool
  let keepsModes: Bool
  let keepsTimes: Bool
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
    access = try source.access(typed)
    http = try source.value(of: SettingTable.http, typed: typed.http)
    httpCertificate = try source.httpCertificate(typed)
    httpNeedsToken = try source.needsToken(typed, access)
    httpOpenPages = try source.openPages(typed, needsToken: httpNeedsToken)
    data = try source.data(typed)
    keySource = try source.keySource(typed, data: data)
    durability = try source.value(of: SettingTable.durability, typed: typed.durability)
    digest = try source.value(of: SettingTable.digest, typed: typed.digest)
    limits = try source.limits(typed)
    perClient = try source.perClient(typed, limits)
    (bytesPerSecond, bytesPerSecondPerAddress) = try source.byteRates(typed)
    trustedProxies = try source.value(of: SettingTable.trustProxy, typed: typed.trustProxy)
    largestFile = try source.value(of: SettingTable.maxFileSize, typed: typed.maxFileSize)
    onFile = try source.value(of: SettingTable.onFile, typed: typed.onFile)
    onSet = try source.value(of: SettingTable.onSet, typed: typed.onSet)
    hookJobs = try source.value(of: SettingTable.hookJobs, typed: typed.hookJobs)
    hookTimeout = try source.value(of: SettingTable.hookTimeout, typed: typed.hookTimeout)
    hookRetry = try source.value(of: SettingTable.hookRetry, typed: typed.hookRetry)
    takesAnyName = try source.value(of: SettingTable.names, typed: typed.names)
    keepsModes = try source.value(of: SettingTable.keepModes, typed: typed.keepModes)
    keepsTimes = try source.value(of: SettingTable.keepTimes, typed: typed.keepTimes)
    reserve = try source.value(of: SettingTable.reserve, typed: typed.reserve)
    keepPartial = try source.value(of: SettingTable.keepPartial, typed: typed.keepPartial)
    partials = try source.partials(typed)
    (keepFailed, keepHistory) = try source.kept(typed)
    minRate = try source.value(of: SettingTable.minRate, typed: typed.minRate)
    (headerTimeout, stallTimeout, idleTimeout) = try source.timeouts(typed)
    drain = try source.value(of: SettingTable.drain, typed: typed.drain)
    sandbox = try source.value(of: SettingTable.sandbox, typed: typed.sandbox)
    user = try source.value(of: SettingTable.user, typed: typed.user)
    log = try source.value(of: SettingTable.log, typed: typed.log)
    logLevel = try source.value(of: SettingTable.logLevel, typed: typed.logLevel)
    unknownVariables = source.unknown
    try checkKeys()
  }
}

extension SettingSource {
  fileprivate mutating func access(_ typed: SettingOptions) throws -> Access {
    let access = Access(
      mode: try value(of: SettingTable.access, typed: typed.access),
      openNetworks: try value(of: SettingTable.openFrom, typed: typed.openFrom),
      authorities: try value(of: SettingTable.clientCA, typed: typed.clientCA))
    guard access.mode == .open || access.openNetworks == nil else {
      throw ValidationError(
        """
        \(name(of: SettingTable.openFrom, typed: typed.openFrom)): it has no effect with --access \
        identified, which serves no client without an identity; give --access open, too, or \
        leave it out
        """)
    }
    return access
  }

  fileprivate mutating func needsToken(_ typed: SettingOptions, _ access: Access) throws -> Bool {
    try value(of: SettingTable.httpAuth, typed: typed.httpAuth) ?? (access.mode == .identified)
  }

  fileprivate mutating func openPages(
    _ typed: SettingOptions, needsToken: Bool
  ) throws -> Set<StatsServer.OpenPage> {
    guard let pages = try value(of: SettingTable.httpOpen, typed: typed.httpOpen) else {
      return SettingTable.usualOpenPages
    }
    guard needsToken else {
      throw ValidationError(
        """
        \(name(of: SettingTable.httpOpen, typed: typed.httpOpen)): it has no effect without \
        --http-auth token, because no page needs a token; give --http-auth token, too, or \
        leave it out
        """)
    }
    return pages
  }

  fileprivate mutating func keySource(
    _ typed: SettingOptions, data: String
  ) throws -> KeyOptions.Source {
    let certificate = try value(of: SettingTable.certificate, typed: typed.certificate)
    let key = try value(of: SettingTable.key, typed: typed.key)
    let own = ReceiverFiles.identity(in: data)
    switch (certificate, key) {
    case (nil, nil): return .own(directory: own)
    case (let certificate?, let key?):
      return .files(certificate: certificate, key: key, own: own)
    default: throw ValidationError("--certificate and --key must be given together")
    }
  }

  fileprivate mutating func data(_ typed: SettingOptions) throws -> String {
    guard let data = try value(of: SettingTable.data, typed: typed.data) else {
      throw ValidationError(
        "--data is required: the directory of the files and the history, e.g. --data /srv/xfer")
    }
    return data
  }

  fileprivate mutating func httpCertificate(_ typed: SettingOptions) throws -> ServerCertificate? {
    let chain = try value(of: SettingTable.httpCertificate, typed: typed.httpCertificate)
    let key = try value(of: SettingTable.httpKey, typed: typed.httpKey)
    switch (chain, key) {
    case (nil, nil): return nil
    case (let chain?, let key?): return ServerCertificate(chain: chain, key: key)
    default: throw ValidationError("--http-certificate and --http-key need each other; give both")
    }
  }

  fileprivate mutating func limits(_ typed: SettingOptions) throws -> Admission.Limits {
    var limits = Admission.Limits()
    limits.connections = try value(of: SettingTable.maxConnections, typed: typed.maxConnections)
    limits.perAddress = try value(of: SettingTable.maxPerAddress, typed: typed.maxPerAddress)
    limits.unidentified = try value(
      of: SettingTable.maxUnidentified, typed: typed.maxUnidentified)
    limits.newPerSecond = try value(
      of: SettingTable.maxNewPerSecond, typed: typed.maxNewPerSecond)
    limits.newPerSecondPerAddress = try value(
      of: SettingTable.maxNewPerSecondPerAddress, typed: typed.maxNewPerSecondPerAddress)
    return limits
  }

  fileprivate mutating func perClient(
    _ typed: SettingOptions, _ limits: Admission.Limits
  ) throws -> Int {
    try value(of: SettingTable.maxPerClient, typed: typed.maxPerClient) ?? limits.firstPlaces
  }

  /// Bytes a second: of all connections, and of those of one address.
  fileprivate mutating func byteRates(_ typed: SettingOptions) throws -> (UInt64, UInt64) {
    (
      try value(of: SettingTable.maxBytesPerSecond, typed: typed.maxBytesPerSecond),
      try value(
        of: SettingTable.maxBytesPerSecondPerAddress, typed: typed.maxBytesPerSecondPerAddress)
    )
  }

  /// The times that rows are kept: those of failures, and all.
  fileprivate mutating func kept(_ typed: SettingOptions) throws -> (Duration?, Duration?) {
    (
      try value(of: SettingTable.keepFailed, typed: typed.keepFailed),
      try value(of: SettingTable.keepHistory, typed: typed.keepHistory)
    )
  }

  /// The bounds of a header, of a silence in a transfer, and of one between transfers.
  fileprivate mutating func timeouts(
    _ typed: SettingOptions
  ) throws -> (Duration, Duration, Duration) {
    (
      try value(of: SettingTable.headerTimeout, typed: typed.headerTimeout),
      try value(of: SettingTable.stallTimeout, typed: typed.stallTimeout),
      try value(of: SettingTable.idleTimeout, typed: typed.idleTimeout)
    )
  }

  fileprivate mutating func partials(_ typed: SettingOptions) throws -> PartialShares.Limits {
    PartialShares.Limits(
      files: Int64(try value(of: SettingTable.maxPartials, typed: typed.maxPartials)),
      bytes: Int64(
        clamping: try value(of: SettingTable.maxPartialBytes, typed: typed.maxPartialBytes)))
  }
}
