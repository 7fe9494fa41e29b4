import Foundation
import Subprocess
import SystemPackage
import Testing

/// A client that prints its state as one line of JSON, and stays connected until it reads a line.
enum HeldClient {
  /// Runs `body` with the first line of the client, and `end` with the next one, which it prints
  /// after it has read a line.
  static func run(
    _ script: String, _ arguments: [String],
    _ body: ([String: Any]) async throws -> Void, end: ([String: Any]) throws -> Void = { _ in }
  ) async throws {
    signal(SIGPIPE, SIG_IGN)
    let arguments = ["python3", Programs.clients + "/" + script] + arguments
    _ = try await Subprocess.run(
      .path("/usr/bin/env"), arguments: Arguments(arguments), input: .inputWriter,
      output: .sequence, error: .discarded
    ) { execution in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      try await body(object(in: lines.next()))
      _ = try? await execution.standardInputWriter.write("go\n")
      try? await execution.standardInputWriter.finish()
      try end(object(in: await lines.next()))
    }
  }

  private static func object(in line: String?) -> [String: Any] {
    let object = try? JSONSerialization.jsonObject(with: Data((line ?? "").utf8))
    return object as? [String: Any] ?? [:]
  }
}
