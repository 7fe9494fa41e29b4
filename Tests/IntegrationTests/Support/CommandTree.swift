import Foundation
import Testing

/// The commands of the programs and their options, as their parser describes them.
struct CommandTree {
  /// One command.
  struct Command {
    /// The words that name it, the program first.
    let words: [String]
    let abstract: String
    let discussion: String
    /// The names of its options, and of its arguments in angle brackets. Those that are traps for a
    /// former spelling have no text and are left out, and so are --help and --version.
    let arguments: [String]
    let subcommands: [String]

    var text: String { words.joined(separator: " ") }
  }

  /// All commands of xferctl and xferd, the programs themselves among them.
  static func all() async throws -> [Command] {
    var found: [Command] = []
    for program in ["xferctl", "xferd"] {
      let dump = try await run([program, "--experimental-dump-help"]).out
      let object = try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any]
      collect(try #require(object?["command"] as? [String: Any]), above: [], into: &found)
    }
    return found
  }

  /// Runs a program with the words behind its name.
  static func run(_ words: [String], _ environment: [String: String] = [:]) async throws -> Outcome
  {
    try await Programs.run(
      "\(Programs.directory)/\(words[0])", Array(words.dropFirst()), environment)
  }

  private static func collect(
    _ object: [String: Any], above: [String], into found: inout [Command]
  ) {
    let words = above + [object["commandName"] as? String ?? ""]
    let children = (object["subcommands"] as? [[String: Any]] ?? []).filter {
      $0["commandName"] as? String != "help" && $0["shouldDisplay"] as? Bool != false
    }
    found.append(
      Command(
        words: words, abstract: object["abstract"] as? String ?? "",
        discussion: object["discussion"] as? String ?? "",
        arguments: (object["arguments"] as? [[String: Any]] ?? []).compactMap(name),
        subcommands: children.compactMap { $0["commandName"] as? String }))
    for child in children { collect(child, above: words, into: &found) }
  }

  private static func name(of argument: [String: Any]) -> String? {
    let value = argument["valueName"] as? String ?? ""
    guard argument["abstract"] is String, !["help", "version"].contains(value) else { return nil }
    guard argument["kind"] as? String != "positional" else { return "<\(value)>" }
    let names = argument["names"] as? [[String: String]] ?? []
    return names.first { $0["kind"] == "long" }.flatMap { $0["name"] }.map { "--\($0)" }
  }
}
