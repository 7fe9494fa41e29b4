import Foundation
import Testing

@Suite("The shells complete commands, options and values", .timeLimit(.minutes(20)))
struct CompletionTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Writes the completions of both programs for a shell and returns their paths.
  private func scripts(_ shell: String) async throws -> [String] {
    var paths: [String] = []
    for program in ["xferctl", "xferd"] {
      let script = try await CommandTree.run([program, "--generate-completion-script", shell])
      #expect(script.status == 0)
      let path = "\(directory.path)/\(program).\(shell)"
      try script.out.write(toFile: path, atomically: true, encoding: .utf8)
      paths.append(path)
    }
    return paths
  }

  private func shell(_ name: String, _ arguments: [String]) async throws -> Outcome {
    let path = Programs.directory + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    return try await Programs.run(
      "/usr/bin/env", [name] + arguments, ["PATH": path, "XFER_HOME": directory.path + "/home"])
  }

  @Test("The script of each shell is one that it reads", arguments: ["bash", "zsh", "fish"])
  func scriptsAreRead(name: String) async throws {
    for script in try await scripts(name) {
      let outcome = try await shell(name, ["-n", script])
      #expect(outcome.status == 0 && outcome.err.isEmpty, "\(outcome.err)")
    }
  }

  /// Does what bash does when a key asks it for completions of a line.
  private static let bash = """
    for script in "${@:2}"; do source "$script"; done
    COMP_LINE=$1 COMP_POINT=${#1}
    read -ra COMP_WORDS <<<"$1"
    [[ $1 == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    shopt -s extglob
    "_${COMP_WORDS[0]}" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\\n' "${COMPREPLY[@]}"
    """

  @Test(
    "bash and fish complete a line",
    arguments: [
      ("xferctl hi", "history"), ("xferctl history --si", "--since"),
      ("xferctl history --format js", "json"), ("xferctl send --server b", "backup"),
      ("xferd cl", "clients"), ("xferd clients re", "revoke"), ("xferd --acc", "--access"),
      ("xferd --access o", "open"), ("xferd invite --max", "--max-file-size"),
    ])
  func linesAreCompleted(line: String, word: String) async throws {
    let home = directory.path + "/home"
    let mode = [FileAttributeKey.posixPermissions: 0o700]
    try FileManager.default.createDirectory(
      atPath: home, withIntermediateDirectories: true, attributes: mode)
    let pin = String(repeating: "A", count: 43) + "="
    let receivers = home + "/receivers"
    try "backup 127.0.0.1:5005 sha256//\(pin)\n".write(
      toFile: receivers, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: receivers)
    let (bash, fish) = (try await scripts("bash"), try await scripts("fish"))
    let inBash = try await shell(
      "bash", ["--norc", "-c", CompletionTests.bash, "bash", line] + bash)
    #expect(inBash.lines.contains(word), "\(inBash.out)\(inBash.err)")
    let sources = fish.map { "source \($0); " }.joined()
    let inFish = try await shell("fish", ["--no-config", "-c", sources + "complete -C '\(line)'"])
    #expect(
      inFish.lines.contains { $0 == word || $0.hasPrefix(word + "\t") },
      "\(inFish.out)\(inFish.err)")
  }
}
