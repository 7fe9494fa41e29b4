import Foundation
import Testing

@Suite("Each command helps on one screen, with an example", .timeLimit(.minutes(20)))
struct HelpTests {
  /// The number of names that a screen has left out, as it says itself.
  private func leftOut(_ screen: String) -> Int {
    screen.firstMatch(of: /and (\d+) more/).flatMap { Int($0.1) } ?? 0
  }

  @Test("--help fits 80 columns and 24 lines, names each command and option, and has an example")
  func helpFitsAScreen() async throws {
    for command in try await CommandTree.all() {
      let outcome = try await CommandTree.run(command.words + ["--help"])
      #expect(outcome.status == 0 && outcome.err.isEmpty, "\(command.text)")
      let lines = outcome.out.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(lines.count <= 23, "\(command.text): \(lines.count) lines")
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(command.text)")
      #expect(lines.contains { $0.hasPrefix("  " + command.words[0] + " ") }, "\(command.text)")
      let names = command.arguments + command.subcommands
      let words = Set(outcome.out.split { " ,\n[]".contains($0) }.map(String.init))
      let missing = names.filter { !words.contains($0) && !outcome.out.contains($0) }
      #expect(missing.count == leftOut(outcome.out), "\(command.text): \(missing)")
    }
  }

  @Test("--help-all has each option, and help COMMAND is the help of the command")
  func longHelpHasEachOption() async throws {
    for command in try await CommandTree.all() {
      let all = try await CommandTree.run(command.words + ["--help-all"])
      #expect(all.status == 0, "\(command.text)")
      for name in command.arguments { #expect(all.out.contains(name), "\(command.text)") }
      let words = [command.words[0], "help"] + command.words.dropFirst()
      let (help, other) = (
        try await CommandTree.run(words), try await CommandTree.run(command.words + ["--help"])
      )
      #expect(help.out == other.out, "\(command.text)")
    }
  }

  @Test(
    "A misspelt command is refused with the one that was meant",
    arguments: [
      ("xferctl histroy", "xferctl history"), ("xferctl sned f", "xferctl send"),
      ("xferctl help recievers", "xferctl receivers"), ("xferd verfy", "xferd verify"),
      ("xferd clients revok cam", "xferd clients revoke"), ("xferd token ad me", "xferd token add"),
    ])
  func misspeltCommandGetsSuggestion(line: String, meant: String) async throws {
    let outcome = try await CommandTree.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("did you mean \"\(meant)\"?"), "\(outcome.err)")
    #expect(outcome.err.contains("--help\" shows the commands"))
  }

  @Test("A word that is like no command gets no suggestion", arguments: ["xferctl", "xferd"])
  func strangeCommandGetsNoSuggestion(program: String) async throws {
    let outcome = try await CommandTree.run([program, "frobnicate"])
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("unknown command") && !outcome.err.contains("did you mean"))
  }

  @Test(
    "A misspelt option is refused with the one that was meant",
    arguments: [
      ("xferctl send f --sevrer x", "--server"), ("xferd --max-conections 3", "--max-connections"),
      ("xferd history --lmit 3", "--limit"),
    ])
  func misspeltOptionGetsSuggestion(line: String, meant: String) async throws {
    let outcome = try await CommandTree.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64)
    #expect(outcome.err.contains("Did you mean '\(meant)'?"), "\(outcome.err)")
  }

  @Test("Incorrect usage is reported with the help to read", arguments: ["xferctl", "xferd"])
  func incorrectUsageNamesTheHelp(program: String) async throws {
    let outcome = try await CommandTree.run([program, "history", "--since", "never"])
    #expect(outcome.status == 64)
    #expect(outcome.err.hasPrefix("\(program): "), "\(outcome.err)")
    #expect(outcome.err.contains("invalid time \"never\""))
    #expect(outcome.err.contains("\"\(program) history --help\" shows how to use it"))
  }

  @Test("Options of the receiver in front of a command are refused")
  func optionsInFrontAreRefused() async throws {
    let outcome = try await CommandTree.run(["xferd", "--data", "/nonexistent", "history"])
    #expect(outcome.status == 64 && outcome.err.contains("must be the first word"))
  }

  @Test("A group of commands, and a program that does nothing alone, show their help")
  func groupsShowTheirHelp() async throws {
    for words in [["xferctl"], ["xferd", "token"]] {
      let (bare, help) = (
        try await CommandTree.run(words), try await CommandTree.run(words + ["--help"])
      )
      #expect(bare.status == 0 && bare.out == help.out)
    }
  }
}
