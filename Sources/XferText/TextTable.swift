/// Lays out rows of text in columns. A column is as wide as its widest value.
package struct TextTable {
  /// The side of a column at which its values stand.
  package enum Alignment: Sendable { case left, right }

  private let header: [String]?
  private let alignment: [Alignment]
  private let rows: [[String]]

  /// The width of each column, in characters.
  package let widths: [Int]

  /// Each row, and the header, must have as many values as `alignment`. `widths` are the minimum
  /// widths of the columns, so that a later part of a table lines up with an earlier one.
  package init(
    header: [String]? = nil, alignment: [Alignment], rows: [[String]], widths least: [Int] = []
  ) {
    self.header = header
    self.alignment = alignment
    self.rows = rows
    let all = (header.map { [$0] } ?? []) + rows
    widths = alignment.indices.map { column in
      let widest = all.map { $0[column].count }.max() ?? 0
      return column < least.count ? max(widest, least[column]) : widest
    }
  }

  /// Returns the lines without line ends and without trailing spaces, the header first.
  package func lines(indent: Int = 0) -> [String] {
    let margin = String(repeating: " ", count: indent)
    return ((header.map { [$0] } ?? []) + rows).map { margin + line($0) }
  }

  private func line(_ row: [String]) -> String {
    let cells = row.indices.map { column in
      let gap = String(repeating: " ", count: widths[column] - row[column].count)
      return alignment[column] == .left ? row[column] + gap : gap + row[column]
    }
    let text = cells.joined(separator: "  ")
    return String(text.reversed().drop { $0 == " " }.reversed())
  }
}
