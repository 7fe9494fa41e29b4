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

  func reached() async throws {
    try await eventually { FileManager.default.fileExists(atPath: path + ".reached") }
  }

  func goOn() { FileManager.default.createFile(atPath: path + ".go", contents: nil) }
}
