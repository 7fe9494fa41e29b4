import Foundation
import Subprocess
import SystemPackage
import Testing

/// A transfer that a client holds in its middle for as long as a test needs.
enum HeldTransfer {
  /// The id of the transfer, for a client that resumes it.
  static let id = "00112233445566778899aabbccddeeff"

  /// Sends a part of the file, runs `body`, then sends the rest. `options` are those of
  /// native_client.py in front of its command.
  static func run(
    _ server: String, _ file: String, _ name: String, options: [String] = [],
    expectingReceipt: Bool = true, _ body: (pid_t) async throws -> Void
  ) async throws {
    signal(SIGPIPE, SIG_IGN)  // a client that was refused has ended and reads no line
    let client = ["python3", Programs.clients + "/native_client.py", server] + options
    let arguments =
      client + ["send", file, name, "--pause-after", "400000", "--id", id]
    let result = try await Subprocess.run(
      .path("/usr/bin/env"), arguments: Arguments(arguments), input: .inputWriter,
      output: .sequence, error: .discarded
    ) { execution in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      let first = try await lines.next() ?? ""
      #expect(first.contains("paused"), "\(first)")
      try await body(execution.processIdentifier.value)
      _ = try? await execution.standardInputWriter.write("go on\n")
      try? await execution.standardInputWriter.finish()
      return try await lines.next() ?? ""
    }
    #expect(result.closureResult.contains("\"received\"") == expectingReceipt)
  }

  /// Sends a file with xferctl, and kills xferctl when that many bytes have passed to the receiver.
  /// The transfer is in the history when this returns.
  static func cut(_ file: String, to receiver: Receiver, after bytes: Int) async throws {
    let rows = try await receiver.history().count
    let outcome = try await Programs.python(
      "cutting_relay.py",
      [
        receiver.server, "\(bytes)", "--", Programs.directory + "/xferctl", "send", file,
        "--server", "{}", "--quiet",
      ])
    #expect(outcome.status == 0, "\(outcome.err)")
    try await eventually { try await receiver.history().count > rows }
  }

  /// Starts a program and kills it as soon as the condition is true.
  static func killWhen(
    _ condition: @Sendable () async throws -> Bool, _ program: String, _ arguments: [String]
  ) async throws {
    _ = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments),
      environment: .inherit.updating(Programs.variables([:])), input: .none, output: .discarded,
      error: .discarded
    ) { execution in
      try await eventually(condition)
      kill(execution.processIdentifier.value, SIGKILL)
    }
  }

  /// Starts a program, runs `body` when the program has printed `word` on standard error, then
  /// interrupts the program and waits for its end.
  static func running(
    _ program: String, _ arguments: [String], untilItSays word: String,
    _ body: () async throws -> Void
  ) async throws {
    _ = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments),
      environment: .inherit.updating(Programs.variables([:])), input: .none, output: .discarded,
      error: .sequence
    ) { execution in
      var lines = execution.standardError.strings().makeAsyncIterator()
      while let line = try await lines.next(), !line.contains(word) {}
      try await body()
      kill(execution.processIdentifier.value, SIGINT)
      while try await lines.next() != nil {}
    }
  }
}
