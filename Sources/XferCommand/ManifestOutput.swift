import ArgumentParser
import XferProtocol
import XferSystem

/// The options of the commands that print the files of a set.
package struct ManifestOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The set: its id, its number, or the name of which it is the newest.", valueName: "set"))
  package var set: String

  @Flag(help: "List the files that are missing, with the reasons.")
  package var missing = false

  /// Creates options without values.
  package init() {}

  /// The question for the receiver or for the history.
  package var question: SetQuestion { SetQuestion(set: set, asksForMissing: missing) }
}

/// Prints the files of a set: the manifest, or what is missing.
package final class ManifestOutput {
  private let set: SetEntry
  private let shownName: (FileName) -> FileName
  private var missing = 0

  /// Prints to standard output. `shownName` returns the name to print for that of a published file.
  package init(_ set: SetEntry, shownName: @escaping (FileName) -> FileName = { $0 }) {
    self.set = set
    self.shownName = shownName
  }

  /// Prints one file.
  package func print(_ member: SetMember) {
    let name = shownName(member.name)
    guard let why = member.missing else {
      let line = ManifestLine(name: name, kind: member.kind, digest: member.digest)
      return Terminal.out(bytes: line.bytes)
    }
    missing += 1
    Terminal.out("\(name)  \(why)\n")
  }

  /// Ends the output. Throws the exit status of a set that is not complete.
  package func finish() throws {
    try exitingOnFailure { try Terminal.checkOutput() }
    guard set.completedAt == nil else { return }
    let announced = set.announced.map { " of \($0.files)" } ?? ""
    printError("the set is not complete: \(set.delivered.files)\(announced) files are delivered")
    throw ExitCode.different
  }
}
