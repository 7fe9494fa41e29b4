import Foundation
import Testing

@Suite(
  "xferd refuses an invalid setting with its name and the valid values",
  .timeLimit(.minutes(20)))
struct SettingsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "xferd refuses an invalid option with its name and the valid values",
    arguments: [
      ("--drain", "soon", "a duration such as 90s, 5m or 12h, from 0 to 86400 seconds"),
      ("--listen", "everywhere", "an address with a port"),
      ("--max-file-size", "12X", "bytes, or a number with K, M, G or T"),
      ("--log", "xml", "text or json"),
      ("--durability", "maybe", "receipt or lazy"),
      ("--digest", "md5", "sha256 or none"),
      ("--http-auth", "password", "token or none"),
      ("--http-open", "stats", "health, metrics, health,metrics or none"),
      ("--max-connections", "0", "a whole number from 1 to 10000"),
    ])
  func invalidOptionIsRefused(flag: String, value: String, right: String) async throws {
    let outcome = try await runReceiver(["--data", directory.path + "/d", flag, value])
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("\(flag): invalid value \"\(value)\"; expected \(right)"))
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/d"))
  }

  @Test(
    "xferd refuses a setting that has no effect without another one, and names both",
    arguments: [
      ("--open-from", ["10.0.0.0/8", "--access", "identified"], "--access open"),
      ("--http-open", ["health", "--http-auth", "none"], "--http-auth token"),
      ("--certificate", ["/c.pem"], "--key"), ("--key", ["/k.pem"], "--certificate"),
      ("--http-certificate", ["/c.pem"], "--http-key"), ("--http-key", ["/k.pem"], "--http-cert"),
    ])
  func settingWithoutEffectIsRefused(
    flag: String, rest: [String], missing: String
  ) async throws {
    let outcome = try await runReceiver(["--data", directory.path + "/d", flag] + rest)
    #expect(outcome.status == 64)
    #expect(outcome.err.contains(flag) && outcome.err.contains(missing), "\(outcome.err)")
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/d"))
  }

  @Test("xferd refuses an invalid environment variable with its name")
  func invalidVariableIsRefused() async throws {
    let outcome = try await runReceiver(
      ["--data", directory.path + "/d"], environment: ["XFERD_STALL_TIMEOUT": "long"])
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("XFERD_STALL_TIMEOUT: invalid value \"long\""))
  }

  @Test(
    "Options override the environment, and a misspelled variable is reported")
  func optionsOverrideEnvironment() async throws {
    let variables = ["XFERD_MAX_FILE_SIZE": "1", "XFERD_LOG": "json", "XFERD_MAX_FILE_SIZ": "1"]
    let file = try directory.file("f", bytes: 10)
    try await withReceiver("--max-file-size", "1M", "--log", "text", environment: variables) {
      receiver in
      let outcome = try await receiver.send(file)
      #expect(outcome.status == 0)
      let warning = "XFERD_MAX_FILE_SIZ in the environment is not a setting"
      #expect(await receiver.log.line(with: warning) != nil)
    }
  }

  @Test("xferd without a data directory names --data")
  func missingDataOptionIsReported() async throws {
    let outcome = try await runReceiver([])
    #expect(outcome.status == 64 && outcome.err.contains("--data"))
  }

  @Test(
    "The JSON log has one object per line with the name of the process")
  func jsonLogHasOneObjectPerLine() async throws {
    let outcome = try await runReceiver(
      ["--data", directory.path + "/d", "--listen", "192.0.2.1:1", "--log", "json"])
    #expect(outcome.status == 78)
    let line = try #require(outcome.err.split(separator: "\n").last)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["process"] as? String == "supervisor")
    #expect(object?["level"] as? String == "critical")
    #expect((object?["message"] as? String)?.contains("192.0.2.1") == true)
  }

  @Test("A second receiver on the same data directory is refused")
  func secondReceiverIsRefused() async throws {
    try await withReceiver { receiver in
      let outcome = try await runReceiver(
        ["--data", receiver.data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"])
      #expect(outcome.status == 78)
      #expect(outcome.err.contains("another receiver works on"))
    }
  }

  @Test("A port in use is reported for --listen and --http")
  func usedPortIsReported() async throws {
    try await withReceiver { receiver in
      for taken in [("--listen", receiver.server), ("--http", receiver.http)] {
        let free = taken.0 == "--listen" ? "--http" : "--listen"
        let outcome = try await runReceiver(
          ["--data", directory.path + "/d", taken.0, taken.1, free, "127.0.0.1:0"])
        #expect(outcome.status == 78)
        #expect(outcome.err.lowercased().contains("address already in use"))
      }
    }
  }

  @Test(
    "A damaged or foreign history is refused and left unchanged")
  func unusableHistoryIsLeftUnchanged() async throws {
    let data = directory.path + "/data"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    let database = data + "/history.sqlite"
    let other = ["sqlite3", database, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"]
    for make in [["cp", try directory.file("noise", bytes: 9000), database], other] {
      try? FileManager.default.removeItem(atPath: database)
      _ = try await Programs.run("/usr/bin/env", make)
      let before = FileManager.default.contents(atPath: database)
      let outcome = try await runReceiver(
        ["--data", data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"])
      #expect(outcome.status == 78)
      #expect(outcome.err.contains("the history \"\(database)\""))
      #expect(FileManager.default.contents(atPath: database) == before)
    }
  }
}
