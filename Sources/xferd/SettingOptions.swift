import ArgumentParser

/// The options on the command line, as text, in the order of the help text.
struct SettingOptions: ParsableArguments {
  @Option(SettingTable.data) var data: String?
  @Option(SettingTable.listen) var listen: String?
  @Option(SettingTable.access) var access: String?
  @Option(SettingTable.openFrom) var openFrom: String?
  @Option(SettingTable.certificate) var certificate: String?
  @Option(SettingTable.key) var key: String?
  @Option(SettingTable.clientCA) var clientCA: String?
  @Option(SettingTable.http) var http: String?
  @Option(SettingTable.httpCertificate) var httpCertificate: String?
  @Option(SettingTable.httpKey) var httpKey: String?
  @Option(SettingTable.httpAuth) var httpAuth: String?
  @Option(SettingTable.httpOpen) var httpOpen: String?
  @Option(SettingTable.durability) var durability: String?
  @Option(SettingTable.digest) var digest: String?
  @Option(SettingTable.maxConnections) var maxConnections: String?
  @Option(SettingTable.maxPerAddress) var maxPerAddress: String?
  @Option(SettingTable.maxPerClient) var maxPerClient: String?
  @Option(SettingTable.maxUnidentified) var maxUnidentified: String?
  @Option(SettingTable.maxNewPerSecond) var maxNewPerSecond: String?
  @Option(SettingTable.maxNewPerSecondPerAddress) var maxNewPerSecondPerAddress: String?
  @Option(SettingTable.maxBytesPerSecond) var maxBytesPerSecond: String?
  @Option(SettingTable.maxBytesPerSecondPerAddress) var maxBytesPerSecondPerAddress: String?
  @Option(SettingTable.trustProxy) var trustProxy: String?
  @Option(SettingTable.maxFileSize) var maxFileSize: String?
  @Option(SettingTable.names) var names: String?
  @Option(SettingTable.keepModes) var keepModes: String?
  @Option(SettingTable.keepTimes) var keepTimes: String?
  @Option(SettingTable.reserve) var reserve: String?
  @Option(SettingTable.keepPartial) var keepPartial: String?
  @Option(SettingTable.maxPartials) var maxPartials: String?
  @Option(SettingTable.maxPartialBytes) var maxPartialBytes: String?
  @Option(SettingTable.keepFailed) var keepFailed: String?
  @Option(SettingTable.keepHistory) var keepHistory: String?
  @Option(SettingTable.minRate) var minRate: String?
  @Option(SettingTable.headerTimeout) var headerTimeout: String?
  @Option(SettingTable.stallTimeout) var stallTimeout: String?
  @Option(SettingTable.idleTimeout) var idleTimeout: String?
  @Option(SettingTable.drain) var drain: String?
  @Option(SettingTable.sandbox) var sandbox: String?
  @Option(SettingTable.user) var user: String?
  @Option(SettingTable.log) var log: String?
  @Option(SettingTable.logLevel) var logLevel: String?
}
