import ArgumentParser
import Logging
import XferLog
import XferMetrics
import XferProtocol
import XferSupervisor
import XferSystem
import XferText

/// All settings, checked.
struct Settings {
  let listen: Endpoint
  let http: Endpoint
  let data: String
  let durability: Durability
  let digest: DigestMethod
  let limits: Admission.Limits
  let largestFile: UInt64
  /// Bytes of the disk that transfers leave free.
  let reserve: UInt64
  /// Seconds that a broken transfer is kept.
  let keepPartial: Int
  let partials: PartialShares.Limits
  /// Seconds that rows of the history are kept, those of failures and all; nil for ever.
  let keepFailed: Int?
  let keepHistory: Int?
  /// Bytes a second.
  let minRate: Int
  let headerTimeout: Int
  let stallTimeout: Int
  let idleTimeout: Int
  let drain: Int
  let log: LogFormat
  let logLevel: Logger.Level
  /// Variables of the environment that look like settings and are none.
  let unknownVariables: [String]

  init(_ typed: SettingOptions, source: SettingSource = .process) throws {
    var source = source
    listen = try source.address("listen", typed.listen, default: 5005)
    http = try source.address("http", typed.http, default: 5080)
    guard
      let data = try source.optional(
        "data", typed.data, expected: "a directory", { $0.isEmpty ? nil : $0 })
    else {
      throw ValidationError("--data: say where files and history are kept, as --data /srv/xfer")
    }
    self.data = data
    durability = try source.value(
      "durability", typed.durability, expected: "receipt or lazy", default: .durable
    ) { ["receipt": .durable, "lazy": .lazy][$0] }
    digest = try source.value(
      "digest", typed.digest, expected: "sha256 or none", default: .sha256
    ) { ["sha256": DigestMethod.sha256, "none": DigestMethod.none][$0] }
    var limits = Admission.Limits()
    limits.connections = try source.number(
      "max-connections", typed.maxConnections, 1...10_000, default: 512)
    limits.perAddress = try source.number(
      "max-per-address", typed.maxPerAddress, 1...10_000, default: 256)
    self.limits = limits
    largestFile = try source.value(
      "max-file-size", typed.maxFileSize, expected: "bytes, or a number with K, M, G or T",
      default: WireLimits.size, Settings.bytes)
    reserve = try source.value(
      "reserve", typed.reserve, expected: "bytes, or a number with K, M, G or T",
      default: 64 << 20, Settings.bytes)
    keepPartial = try source.value(
      "keep-partial", typed.keepPartial, expected: "a time as 90s, 90m, 12h or 2d",
      default: 86_400, Settings.seconds)
    partials = PartialShares.Limits(
      files: Int64(
        try source.number("max-partials", typed.maxPartials, 0...1_000_000, default: 1000)),
      bytes: try source.value(
        "max-partial-bytes", typed.maxPartialBytes,
        expected: "bytes, or a number with K, M, G or T", default: .max
      ) { Settings.bytes($0).map(Int64.init(clamping:)) })
    keepFailed = try source.optional(
      "keep-failed", typed.keepFailed, expected: "a time as 12h or 90d", Settings.seconds)
    keepHistory = try source.optional(
      "keep-history", typed.keepHistory, expected: "a time as 12h or 90d", Settings.seconds)
    minRate = try source.number("min-rate", typed.minRate, 0...1_000_000_000, default: 100)
    headerTimeout = try source.time("header-timeout", typed.headerTimeout, 1...3600, default: 10)
    stallTimeout = try source.time("stall-timeout", typed.stallTimeout, 1...86_400, default: 60)
    idleTimeout = try source.time("idle-timeout", typed.idleTimeout, 1...86_400, default: 300)
    drain = try source.time("drain", typed.drain, 0...86_400, default: 30)
    log = try source.value(
      "log", typed.log, expected: "text or json", default: .text
    ) { LogFormat(rawValue: $0) }
    logLevel = try source.value(
      "log-level", typed.logLevel, expected: "debug, info, notice, warning or error",
      default: .info
    ) { Logger.Level(rawValue: $0) }
    unknownVariables = source.unknown
  }

  /// Returns nil if `text` is not a length of time in whole seconds, of a hundred years at most.
  static func seconds(_ text: String) -> Int? {
    guard let span = TimeSpan(text), span.seconds <= TimeSpan.century else { return nil }
    return span.wholeSeconds
  }

  /// `500M`, `20G`, `1048576`: powers of 1024.
  static func bytes(_ text: String) -> UInt64? {
    let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let unit = text.last.flatMap { units[Character($0.uppercased())] }
    guard let number = UInt64(unit == nil ? text : String(text.dropLast())) else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    return overflow || bytes > WireLimits.size ? nil : bytes
  }
}

extension SettingSource {
  fileprivate mutating func address(
    _ option: String, _ typed: String?, default port: UInt16
  ) throws -> Endpoint {
    try value(
      option, typed, expected: "an address with a port, as [::]:\(port) or 127.0.0.1:\(port)",
      default: Endpoint(host: "::", port: port)
    ) { Endpoint($0) }
  }

  fileprivate mutating func time(
    _ option: String, _ typed: String?, _ bounds: ClosedRange<Int>, default fallback: Int
  ) throws -> Int {
    let expected =
      "a time as 90s, 5m or 12h, from \(bounds.lowerBound) to \(bounds.upperBound) seconds"
    return try value(option, typed, expected: expected, default: fallback) { text in
      Settings.seconds(text).flatMap { bounds.contains($0) ? $0 : nil }
    }
  }

  fileprivate mutating func number(
    _ option: String, _ typed: String?, _ bounds: ClosedRange<Int>, default fallback: Int
  ) throws -> Int {
    let expected = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
    return try value(option, typed, expected: expected, default: fallback) { text in
      Int(text).flatMap { bounds.contains($0) ? $0 : nil }
    }
  }
}
