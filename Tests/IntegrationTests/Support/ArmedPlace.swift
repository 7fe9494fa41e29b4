import Foundation

/// A failpoint that a test has armed (see `Failpoint` in Sources/XferSystem).
struct ArmedPlace {
  private let path: String

  /// The environment that the receiver needs for its failpoints.
  static func environment(_ directory: TemporaryDirectory) -> [String: String] {
    ["XFER_FAILPOINTS": directory.path]
  }

  init(_ name: String, in directory: TemporaryDirectory) {
    path = directory.path + "/" + name
    FileManager.default.createFile(atPath: path, contents: nil)
  }

  /// Arms the failpoint with probes, which the process tries when it reaches it.
  init(_ name: String, probes: [String], in directory: TemporaryDirectory) throws {
    path = directory.path + "/" + name
    // The file appears whole under its name, because a process may be about to reach it.
    try probes.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Returns the probes that succeeded, when all were tried.
  func succeeded() async throws -> [String] {
    try await eventually { FileManager.default.fileExists(atPath: path + ".results") }
    let lines = try String(contentsOfFile: path + ".results", encoding: .utf8).split(
      separator: "\n")
    return lines.filter { $0.hasSuffix(" done") }.map { String($0.dropLast(5)) }
  }

  func reached() async throws {
    try await eventually { FileManager.default.fileExists(atPath: path + ".reached") }
  }

  func goOn() { FileManager.default.createFile(atPath: path + ".go", contents: nil) }
}
