/// Rows of text in columns as wide as their widest value.
struct TextTable {
  enum Alignment { case left, right }

  var header: [String]?
  let alignment: [Alignment]
  let rows: [[String]]

  /// Of each column; what is given is the least.
  let widths: [Int]

  init(
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

  func lines(indent: Int = 0) -> [String] {
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
