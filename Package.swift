// swift-tools-version: 6.2
import PackageDescription

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let http = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let httpTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioSockets = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let embedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let tls = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioExtras = Target.Dependency.product(name: "NIOExtras", package: "swift-nio-extras")
let httpParser = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let httpParts = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

/// The indirect dependencies. They are pinned here because Package.resolved is not committed, so
/// that a later build resolves the same versions. SwiftPM warns that no target uses them. That is
/// expected.
let indirect: [(name: String, version: Version)] = [
  ("swift-server/async-http-client", "1.37.0"),
  ("apple/swift-algorithms", "1.2.1"),
  ("apple/swift-async-algorithms", "1.1.4"),
  ("apple/swift-atomics", "1.3.0"),
  ("apple/swift-collections", "1.6.0"),
  ("apple/swift-configuration", "1.4.0"),
  ("apple/swift-distributed-tracing", "1.7.3"),
  ("apple/swift-http-structured-headers", "1.7.0"),
  ("apple/swift-metrics", "2.13.0"),
  ("apple/swift-nio-http2", "1.46.0"),
  ("apple/swift-nio-transport-services", "1.28.0"),
  ("apple/swift-numerics", "1.1.1"),
  ("apple/swift-service-context", "1.5.1"),
]

let package = Package(
  name: "xfer",
  products: [
    .executable(name: "xferd", targets: ["xferd"]),
    .executable(name: "xferctl", targets: ["xferctl"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
    // Dependencies of Hummingbird: the stats process adds a NIO handler to each connection.
    .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
    .package(
      url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    // TLS between clients and the receiver, and the certificates for it.
    .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", exact: "1.0.2"),
  ]
    + indirect.map {
      .package(url: "https://github.com/\($0.name).git", exact: $0.version)
    },
  targets: [
    // The operating system and the log.
    .target(name: "CLinux"),
    .target(
      name: "XferSystem", dependencies: ["CLinux", system],
      swiftSettings: [.define("FAILPOINTS", .when(configuration: .debug))]),
    .target(name: "XferLog", dependencies: ["XferSystem", logging]),

    // Values as text: sizes, durations, moments, columns.
    .target(name: "XferText", dependencies: ["XferSystem"]),

    // Values that cross a process boundary, and storage.
    .target(name: "XferProtocol", dependencies: ["XferSystem", crypto]),
    .target(name: "XferStorage", dependencies: ["XferSystem", "XferProtocol", system, crypto]),
    .target(name: "XferHistory", dependencies: ["XferSystem", "XferProtocol"]),
    .target(
      name: "XferSQLite",
      dependencies: ["XferSystem", "XferProtocol", "XferHistory", system, database, sqlite]),
    .target(name: "XferMetrics", dependencies: ["XferSystem", "XferProtocol", "XferText"]),

    // Keys, certificates, enrolled clients and invites.
    .target(
      name: "XferIdentity",
      dependencies: [
        "XferSystem", "XferProtocol", "XferText", system, crypto, cryptoExtras, certificates, asn1,
      ]),

    // The stats page and the formats of the history.
    .target(
      name: "XferReport",
      dependencies: ["XferSystem", "XferProtocol", "XferText", "XferMetrics"]),

    // Verification of delivered files.
    .target(
      name: "XferAudit",
      dependencies: ["XferSystem", "XferProtocol", "XferStorage", "XferHistory"]),

    // The tokens for the pages.
    .target(
      name: "XferTokens", dependencies: ["XferSystem", "XferProtocol", "XferText", system, crypto]),

    // The bytes between a client and the receiver.
    .target(
      name: "XferTransport",
      dependencies: ["XferSystem", "XferProtocol", "XferIdentity", system, nio, embedded, tls]),

    // One module for each process. None of them imports another.
    .target(
      name: "XferSupervisor",
      dependencies: ["XferSystem", "XferProtocol", "XferLog", "XferMetrics", system, logging]),
    .target(
      name: "XferSession",
      dependencies: [
        "XferSystem", "XferLog", "XferProtocol", "XferStorage", "XferMetrics", "XferText",
        "XferTransport", "XferIdentity", system, logging, certificates, asn1,
      ]),
    .target(
      name: "XferAnswers",
      dependencies: [
        "XferSystem", "XferLog", "XferProtocol", "XferHistory", "XferMetrics", "XferReport",
        system, logging,
      ]),
    .target(
      name: "XferRecorder",
      dependencies: [
        "XferSystem", "XferLog", "XferProtocol", "XferStorage", "XferHistory", "XferMetrics",
        "XferIdentity", system, logging,
      ]),
    .target(
      name: "XferKeys",
      dependencies: [
        "XferSystem", "XferLog", "XferProtocol", "XferIdentity", "XferMetrics", system, logging,
        asn1,
      ]),
    .target(
      name: "XferHooks",
      dependencies: [
        "XferSystem", "XferLog", "XferProtocol", "XferHistory", "XferMetrics", "XferText", system,
        logging,
      ]),
    .target(
      name: "XferStats",
      dependencies: [
        "XferSystem", "XferLog", "XferProtocol", "XferHistory", "XferMetrics", "XferReport",
        "XferTokens", logging, http, httpCore, httpTypes, httpTLS, nio, nioSockets, nioExtras, tls,
        httpParts, httpParser, lifecycle,
      ]),

    // The sender's side.
    .target(
      name: "XferClient",
      dependencies: [
        "XferSystem", "XferProtocol", "XferTransport", "XferIdentity", system, crypto,
      ]),

    // What the commands of both programs share: exit statuses, output, options of the history.
    .target(
      name: "XferCommand",
      dependencies: ["XferSystem", "XferProtocol", "XferText", "XferReport", system, arguments]),

    // Programs: options and wiring only.
    .executableTarget(
      name: "xferd",
      dependencies: [
        "XferSystem", "XferLog", "XferProtocol", "XferStorage", "XferHistory", "XferSQLite",
        "XferMetrics", "XferText", "XferCommand", "XferAudit", "XferSupervisor", "XferSession",
        "XferAnswers", "XferRecorder", "XferHooks", "XferStats", "XferTokens", "XferKeys",
        "XferIdentity",
        "XferClient", system, logging, arguments,
      ]),
    .executableTarget(
      name: "xferctl",
      dependencies: [
        "XferSystem", "XferClient", "XferProtocol", "XferIdentity", "XferText", "XferCommand",
        system, arguments,
      ]),

    // Tools of the bench, which are not installed.
    .executableTarget(
      name: "history-load",
      dependencies: ["XferSQLite", "XferHistory", "XferProtocol", "XferSystem", arguments],
      path: "Tests/Bench/HistoryLoad"),

    .executableTarget(
      name: "tls-pair",
      dependencies: [
        "XferSystem", "XferProtocol", "XferMetrics", "XferIdentity", "XferTransport", "XferSession",
        "XferKeys", "XferClient", system, nio, nioSockets, nioLocks, tls, arguments,
      ],
      path: "Tests/Bench/TLSPair"),
    // The parsers of strangers' bytes with their properties, for fuzzers and for a test.
    .target(
      name: "XferFuzz",
      dependencies: [
        "XferSystem", "XferProtocol", "XferIdentity", "XferSQLite", "XferStats", certificates, asn1,
        sqlite, httpCore,
      ],
      path: "Tests/Fuzz/Cases"),
    .testTarget(name: "FuzzTests", dependencies: ["XferFuzz"]),

    .testTarget(name: "XferProtocolTests", dependencies: ["XferProtocol", "XferSystem"]),
    .testTarget(name: "XferSystemTests", dependencies: ["CLinux", "XferSystem", system]),
    .testTarget(name: "XferLogTests", dependencies: ["XferLog", logging, system]),
    .testTarget(
      name: "XferMetricsTests", dependencies: ["XferMetrics", "XferProtocol", "XferSystem"]),
    .testTarget(
      name: "XferReportTests",
      dependencies: ["XferReport", "XferMetrics", "XferProtocol", "XferSystem"]),
    .testTarget(name: "XferTextTests", dependencies: ["XferText", "XferSystem"]),
    .testTarget(
      name: "XferSupervisorTests", dependencies: ["XferSupervisor", "XferProtocol", "XferSystem"]),
    .testTarget(
      name: "XferClientTests", dependencies: ["XferClient", "XferProtocol", "XferSystem", system]),
    .testTarget(
      name: "XferStatsTests", dependencies: ["XferStats", "XferHistory", "XferSQLite", nio]),
    .testTarget(
      name: "XferTokensTests", dependencies: ["XferTokens", "XferSystem", system]),
    .testTarget(
      name: "XferCommandTests",
      dependencies: ["XferCommand", "XferProtocol", "XferReport", "XferSystem", arguments]),
    .testTarget(
      name: "XferSessionTests",
      dependencies: [
        "XferSession", "XferIdentity", "XferMetrics", "XferProtocol", "XferSQLite", "XferStorage",
        "XferSystem", system, logging,
      ]),
    .testTarget(
      name: "XferStorageTests",
      dependencies: ["XferStorage", "XferProtocol", "XferSystem", crypto, system]),
    .testTarget(
      name: "XferRecorderTests",
      dependencies: [
        "XferRecorder", "XferHistory", "XferSQLite", "XferStorage", "XferMetrics", "XferProtocol",
        "XferIdentity", "XferSystem", system, logging, database,
      ]),
    .testTarget(
      name: "XferAuditTests",
      dependencies: [
        "XferAudit", "XferHistory", "XferSQLite", "XferStorage", "XferProtocol", "XferSystem",
        crypto,
      ]),
    .testTarget(
      name: "XferTransportTests",
      dependencies: ["XferTransport", "XferIdentity", "XferProtocol", "XferSystem", system]),
    .testTarget(
      name: "XferIdentityTests",
      dependencies: ["XferIdentity", "XferProtocol", "XferSystem", system]),
    .testTarget(
      name: "XferSQLiteTests",
      dependencies: ["XferSQLite", "XferHistory", "XferProtocol", "XferSystem", database]),
    .testTarget(
      name: "IntegrationTests",
      dependencies: ["xferd", "xferctl", subprocess, system]),
  ]
)
