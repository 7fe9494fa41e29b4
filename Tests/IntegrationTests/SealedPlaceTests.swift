import Foundation
import Testing

@Suite("A receiver publishes exactly the file that was sealed")
struct SealedPlaceTests {
  let directory: TemporaryDirectory
  let failpoints: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    failpoints = try TemporaryDirectory()
  }

  enum Harm: CaseIterable {
    case replaced, written, removed

    /// Replaces, overwrites or removes the file. New content has the old length.
    func apply(to path: String) throws {
      let content = Data(count: try #require(FileManager.default.contents(atPath: path)).count)
      switch self {
      case .replaced:
        try content.write(to: URL(fileURLWithPath: path + "-new"))
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + "-new", toPath: path)
      case .written:
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: content)
        try file.close()
      case .removed: try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  /// Sends a file that is harmed at a place, and expects that it arrives by a retry.
  private func send(
    _ file: String, harmedAt place: String, by harm: Harm,
    _ body: @Sendable (Receiver) async throws -> Void
  ) async throws {
    let place = ArmedPlace(place, in: failpoints)
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      async let sending = receiver.send(file)
      try await place.reached()
      try harm.apply(to: receiver.incoming + "/" + (try #require(receiver.partials.first)))
      place.goOn()
      let outcome = try await sending
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(sameContent(file, receiver.published("f")))
      #expect(receiver.arriving.isEmpty)
      #expect(try await receiver.history("--status", "completed").count == 1)
      try await body(receiver)
    }
  }

  @Test(
    "A file that is changed, replaced or removed after its row is not published",
    .timeLimit(.minutes(20)), arguments: [1000, 3_000_001], Harm.allCases)
  func fileChangedBeforeRenameIsNotPublished(bytes: Int, harm: Harm) async throws {
    let file = try directory.file("f", bytes: bytes)
    try await send(file, harmedAt: "recorder.recorded", by: harm) { receiver in
      let failed = try await receiver.history("--status", "failed")
      #expect(failed.map { $0["reason"] as? String } == ["corrupt"])
      #expect(await receiver.log.line(with: "was changed or replaced") != nil)
    }
  }

  @Test(
    "A file that is replaced between its seal and its row is not recorded",
    .timeLimit(.minutes(20)), arguments: [1000, 3_000_001])
  func fileReplacedAfterSealIsRefused(bytes: Int) async throws {
    let file = try directory.file("f", bytes: bytes)
    try await send(file, harmedAt: "session.sealed", by: .replaced) { receiver in
      #expect(await receiver.log.line(with: "was changed or replaced") != nil)
    }
  }
}
