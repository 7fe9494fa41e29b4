import Foundation
import Testing
import XferFuzz

/// The inputs that the fuzzers found worth keeping: see Tests/Fuzz/fuzz.
@Suite("Every parser of strangers' bytes keeps its properties on the kept inputs")
struct CorpusTests {
  private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fuzz/corpus")

  private func inputs(_ tested: FuzzCase) throws -> [URL] {
    let folder = CorpusTests.corpus.appendingPathComponent(tested.rawValue)
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  @Test("An input is refused, or its value keeps the properties", arguments: FuzzCase.allCases)
  func inputKeepsProperties(_ tested: FuzzCase) throws {
    let inputs = try inputs(tested)
    #expect(inputs.count > 3)
    for input in inputs {
      let bytes = [UInt8](try Data(contentsOf: input))
      #expect(throws: Never.self, "\(input.lastPathComponent)") { try tested.check(bytes) }
    }
  }

  @Test("An input of which a part is missing keeps the properties", arguments: FuzzCase.allCases)
  func cutInputKeepsProperties(_ tested: FuzzCase) throws {
    for input in try inputs(tested) {
      let bytes = [UInt8](try Data(contentsOf: input))
      for end in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 20)) {
        #expect(throws: Never.self, "\(input.lastPathComponent), \(end) bytes") {
          try tested.check(Array(bytes[..<end]))
        }
      }
    }
  }
}
