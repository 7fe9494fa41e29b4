import Foundation
import Testing

/// The table of settings in docs/operations.md is compared with what the program says.
@Suite("docs/operations.md lists the settings of the receiver", .timeLimit(.minutes(20)))
struct SettingsDocumentTests {
  /// One setting, as the document or the program describes it.
  struct Row: Equatable {
    var variable: String
    /// Nil if the setting has no default.
    var standard: String?
    /// The smallest and the largest value, such as `1 to 3600 s`. Empty if there is no such bound.
    var bounds: String
  }

  private static func documented() throws -> [String: Row] {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    let text = try String(contentsOf: root.appending(path: "docs/operations.md"), encoding: .utf8)
    var rows: [String: Row] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("| `--") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map {
        $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "")
      }
      guard cells[1].hasPrefix("XFERD_") else { continue }
      let standard = cells[2] == "none, required" ? nil : cells[2]
      rows[cells[0]] = Row(variable: cells[1], standard: standard, bounds: cells[3])
    }
    return rows
  }

  /// Returns the options that have a value, with their defaults.
  private static func helped() async throws -> [String: String?] {
    let help = try await Programs.xferd("--help-all").out
    let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    var found: [String: String?] = [:]
    for part in words.split(separator: /\ --(?=[a-z-]+ <)/).dropFirst() {
      let standard: String? = part.firstMatch(of: /\(default: ([^)]*)\)/).map { "\($0.1)" }
      found.updateValue(standard, forKey: "--" + part.prefix { $0 != " " })
    }
    return found
  }

  /// The options whose value is the name of a file or a user. The command line takes any.
  private static let names: Set<String> = ["--data", "--client-ca", "--user"]

  /// Returns the bounds that the receiver names when it refuses a value.
  private static func bounds(of option: String) async throws -> String {
    let refused = try await runReceiver(["--data", "/nonexistent/d", option, "?"])
    #expect(refused.status == 64, "\(option): \(refused.err)")
    guard let match = refused.err.firstMatch(of: /from (\d+) to (\d+)( seconds)?/) else {
      return ""
    }
    return "\(match.1) to \(match.2)" + (match.3 == nil ? "" : " s")
  }

  @Test("Its table has each option with the variable, the default and the bounds of the program")
  func tableHasEachOption() async throws {
    var expected: [String: Row] = [:]
    for (option, standard) in try await SettingsDocumentTests.helped() {
      let variable = "XFERD_" + option.dropFirst(2).uppercased().replacing("-", with: "_")
      let bounds =
        SettingsDocumentTests.names.contains(option)
        ? "" : try await SettingsDocumentTests.bounds(of: option)
      expected[option] = Row(variable: variable, standard: standard, bounds: bounds)
    }
    let documented = try SettingsDocumentTests.documented()
    #expect(expected.count > 15)
    #expect(Set(documented.keys) == Set(expected.keys))
    for (option, row) in expected { #expect(documented[option] == row, "\(option)") }
  }
}
