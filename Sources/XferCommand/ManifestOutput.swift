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
  private let isWhole: Bool
  private var sums = SetSums()

  /// Prints to standard output. `options` say whether the manifest is printed, or what is missing.
  /// `shownName` returns the name to print for that of a published file.
  package init(
    _ set: SetEntry, _ options: ManifestOptions,
    shownName: @escaping (FileName) -> FileName = { $0 }
  ) {
    self.set = set
    isWhole = !options.missing
    self.shownName = shownName
  }

  /// Prints one file.
  package func print(_ member: SetMember) {
    let name = shownName(member.name)
    guard let why = member.missing else {
      sums.add(member)
      let line = ManifestLine(name: name, kind: member.kind, digest: member.digest)
      return Terminal.out(bytes: line.bytes)
    }
    Terminal.out("\(name)  \(why)\n")
  }

  /// Ends the output. Throws the exit status of a set that is not complete, and of a manifest that is
  /// not whole.
  package func finish() throws {
    try exitingOnFailure { try Terminal.checkOutput() }
    if set.completedAt != nil { return try checkSums() }
    let announced = set.announced.map { " of \($0.files)" } ?? ""
    printError("the set is not complete: \(set.delivered.files)\(announced) files are delivered")
    throw ExitCode.different
  }

  /// Throws if the history has not all files of a complete set any more.
  private func checkSums() throws {
    let totals = sums.totals
    guard isWhole, let digest = set.digest, totals.digest != digest else { return }
    let listed = totals.files + totals.others
    printError(
      "the set was complete with \(set.delivered.files) files, and the history has \(listed) of them: the rows of the others were pruned"
    )
    throw ExitCode.different
  }
}
