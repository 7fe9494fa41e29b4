import Foundation
import Testing

@Suite(
  "Defaults come from a file and from the environment, and options take precedence",
  .timeLimit(.minutes(20)))
struct DefaultsTests {
  let user: ClientUser
  let directory: TemporaryDirectory
  let file: String

  init() throws {
    directory = try TemporaryDirectory()
    user = try ClientUser("none")
    file = try directory.file("f", bytes: 10)
  }

  private func configure(_ text: String) throws {
    try FileManager.default.createDirectory(
      atPath: user.home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try Data(text.utf8).write(to: URL(fileURLWithPath: user.home + "/config"))
  }

  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) async throws -> Outcome {
    try await Programs.run(
      Programs.directory + "/xferctl", arguments,
      ["XFER_HOME": user.home, "XFER_PLAIN": ""].merging(environment) { $1 })
  }

  /// The name at the receiver that a dry run prints.
  private func name(_ arguments: String..., environment: [String: String] = [:]) async throws
    -> String?
  {
    let outcome = try await Programs.run(
      Programs.directory + "/xferctl", ["send", file, "--dry-run", "--json"] + arguments,
      ["XFER_HOME": user.home].merging(environment) { $1 })
    #expect(outcome.status == 0, "\(outcome.err)")
    return outcome.objects.first?["name"] as? String
  }

  @Test("An option counts before the environment, and that before the file")
  func precedenceRises() async throws {
    #expect(try await name() == "f")
    try configure("# mine\n\n[send]\nto = from/file\n")
    #expect(try await name() == "from/file/f")
    #expect(try await name(environment: ["XFER_TO": "from/variable"]) == "from/variable/f")
    #expect(
      try await name("--to", "option", environment: ["XFER_TO": "from/variable"]) == "option/f")
    #expect(try await name("--as", "g") == "g")
  }

  @Test("The section of a receiver counts for that receiver, before the others")
  func receiverHasSection() async throws {
    try configure(
      "server = near\n[send]\nto = all\n[receiver near]\nto = a\n[receiver far]\nto=b\n")
    #expect(try await name() == "a/f")
    #expect(try await name("--server", "far") == "b/f")
    #expect(try await name("--server=other") == "all/f")
    #expect(try await name(environment: ["XFER_SERVER": "far"]) == "b/f")
  }

  @Test("The receiver and its protection come from the file")
  func receiverComesFromFile() async throws {
    try await withReceiver { receiver in
      try configure("server = \(receiver.server)\nplain = yes\n[send]\njson = yes\nmachine = m\n")
      let outcome = try await run("send", file)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.objects.first?["status"] as? String == "received")
      try configure(
        "server = \(receiver.server)\nplain = yes\n[history]\nformat = jsonl\nlimit = 1\n")
      #expect(try await run("history").objects.count == 1)
      #expect(try await run("history", "--format", "csv").out.hasPrefix("id,"))
      let none = try await run("history", environment: ["XFER_HISTORY_FORMAT": "json"])
      #expect(none.out.hasPrefix("["))
    }
  }

  @Test(
    "A line that cannot be used is named with its number",
    arguments: [
      ("[send]\nretry-for = soon\n", "config:2: ", "invalid duration \"soon\""),
      ("[send]\n\njobs = many\n", "config:3: ", "many"),
      ("[send]\nverify = perhaps\n", "config:2: ", "expected yes or no"),
      ("[send]\nquick = yes\n", "config:2: unknown name \"quick\" in [send]", "retry-for"),
      ("color = yes\n", "config:1: unknown name \"color\" before the first section", "server"),
      ("[other]\n", "config:1: unknown section", "[receiver NAME]"),
      ("server\n", "config:1: expected \"name = value\"", "found"),
      ("server = a\nserver = b\n", "config:2: \"server\" is set in ", "config:1"),
      ("server = a:b\n", "config:1", "expected a host"),
    ])
  func badLineIsNamed(text: String, place: String, why: String) async throws {
    try configure(text)
    let outcome = try await run("send", file)
    #expect(outcome.status == 64, "\(outcome.err)")
    #expect(outcome.err.contains(place) && outcome.err.contains(why), "\(outcome.err)")
  }

  @Test("A variable that cannot be used is named")
  func badVariableIsNamed() async throws {
    let outcome = try await run("send", file, environment: ["XFER_JOBS": "many"])
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("XFER_JOBS: "), "\(outcome.err)")
    let flag = try await run("send", file, environment: ["XFER_PLAIN": "perhaps"])
    #expect(flag.status == 64 && flag.err.contains("XFER_PLAIN"), "\(flag.err)")
  }

  @Test("A fault of an option is not blamed on a default")
  func faultOfOptionIsNotBlamed() async throws {
    try configure("[send]\njobs = 2\n")
    let outcome = try await run("send", file, "--links", "some")
    #expect(outcome.status == 64 && !outcome.err.contains("config:"), "\(outcome.err)")
  }

  @Test("docs/operations.md lists each default with its section and its variable")
  func documentListsDefaults() async throws {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    let text = try String(contentsOf: root.appending(path: "docs/operations.md"), encoding: .utf8)
    var documented: [String: Set<String>] = [:]
    for line in text.split(separator: "\n") {
      guard let match = line.wholeMatch(of: /\| `([a-z0-9-]+)` \| (\S*) ?\| `(XFER_\w+)` \|.*/)
      else {
        continue
      }
      let section = match.2.trimmingCharacters(in: ["`", "[", "]"])
      documented[section, default: []].insert(String(match.1))
      let part = section == "history" ? "HISTORY_" : ""
      let variable = "XFER_" + part + match.1.uppercased().replacing("-", with: "_")
      #expect(String(match.3) == variable)
    }
    for section in ["", "send", "history"] {
      #expect(try await known(section) == documented[section], "\(section)")
    }
    #expect(documented.values.joined().count > 15)
  }

  /// The names that the program knows in a section, from its message about another one.
  private func known(_ section: String) async throws -> Set<String>? {
    try configure((section.isEmpty ? "" : "[\(section)]\n") + "nothing = 1\n")
    let err = try await run("send", file).err
    let list = err.components(separatedBy: "expected one of ").last
    return list.map {
      Set($0.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: ", "))
    }
  }
}
