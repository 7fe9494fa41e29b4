import Foundation
import Testing
import XferCommand

@Suite("docs/operations.md has the exit statuses of both programs")
struct ExitStatusDocumentTests {
  private static let document = URL(filePath: #filePath)
    .appending(path: "../../../docs/operations.md").standardized

  @Test("Its table has each status with its meaning")
  func tableHasEachStatus() throws {
    let text = try String(contentsOf: ExitStatusDocumentTests.document, encoding: .utf8)
    for status in ExitStatus.allCases {
      #expect(text.contains("\n| \(status.rawValue) | \(status.meaning) |"), "\(status)")
    }
  }
}
