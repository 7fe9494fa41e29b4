import Foundation
import Subprocess
import SystemPackage
import Testing

/// A client that prints its state as one line of JSON, and stays connected until it reads a line.
enum HeldClient {
  static func run(
    _ script: String, _ arguments: [String],
    _ body: ([String: Any]) async throws -> Void
  ) async throws {
    signal(SIGPIPE, SIG_IGN)
    let arguments = ["python3", Programs.clients + "/" + script] + arguments
    _ = try await Subprocess.run(
      .path("/usr/bin/env"), arguments: Arguments(arguments), input: .inputWriter,
      output: .sequence, error: .discarded
    ) { execution in
      var lines = execution.standardOutput.strings().makeAsyncIterator()
      let line = try await lines.next() ?? ""
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      try await body(object ?? [:])
      _ = try? await execution.standardInputWriter.write("go\n")
      try? await execution.standardInputWriter.finish()
    }
  }
}
