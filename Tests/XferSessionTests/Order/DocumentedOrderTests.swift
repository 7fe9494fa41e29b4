import FoundationEssentials
import Testing
import XferProtocol

@testable import XferSession

/// The table of the legal order in docs/protocol.md says the same as the code.
@Suite("The documented order")
struct DocumentedOrderTests {
  /// The lines of the table, split into cells.
  private let table: [[String]]

  init() throws {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
    let file = try Data(contentsOf: root.appending(path: "docs/protocol.md"))
    let lines = String(decoding: file, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    table = lines.drop { !$0.hasPrefix("| state | hello |") }.prefix { $0.hasPrefix("|") }.map {
      $0.split(separator: "|").map { String($0.drop { $0 == " " }.dropLast()) }
    }
  }

  @Test("Each message and each answer has a column, and each state has a row")
  func tableIsComplete() {
    let header = table.first ?? []
    #expect(header == ["state"] + OrderColumn.allCases.map(\.rawValue))
    #expect(table.dropFirst(2).map(\.first) == OrderState.allCases.map(\.rawValue))
  }

  @Test("A row says what the receiver does with each message", arguments: OrderState.allCases)
  func rowSaysWhatReceiverDoes(_ state: OrderState) throws {
    let row = table.first { $0.first == state.rawValue } ?? []
    let cells = try OrderColumn.allCases.map { try $0.cell(in: state) }
    #expect(Array(row.dropFirst()) == cells)
  }
}
