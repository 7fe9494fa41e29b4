import ArgumentParser
import Testing
import XferCommand

@Suite("A command ends with an exit status of sysexits(3)")
struct ExitsTests {
  @Test("Different files end with 65, a failed input or output with 74, and wrong usage with 64")
  func statusesAreThoseOfSysexits() {
    #expect(ExitCode.different.rawValue == 65)
    #expect(ExitCode.failed.rawValue == 74)
    #expect(ExitCode.validationFailure.rawValue == 64)
    #expect(ExitCode.success.rawValue == 0)
  }

  @Test("An error of a command is its exit status 74")
  func errorBecomesStatus74() {
    #expect(throws: ExitCode.failed) { try exitingOnFailure { throw Fault() } }
  }

  @Test("A command without an error has no exit status of its own")
  func successHasNoStatus() throws {
    var isDone = false
    try exitingOnFailure { isDone = true }
    #expect(isDone)
  }
}

/// The error of a command that fails.
private struct Fault: Error, CustomStringConvertible {
  var description: String { "a failure that a test provokes" }
}
