/// Rows of text in columns as wide as their widest value.
struct TextTable {
  enum Alignment { case left, right }

  var header: [String]?
  let alignment: [Alignment]
  let rows: [[String]]

  init(header: [String]? = nil, alignment: [Alignment], rows: [[String]]) {
    self.header = header
    self.alignment = alignment
    self.rows = rows
  }

  func lines(indent: Int = 0) -> [String] {
    let all = (header.map { [$0] } ?? []) + rows
    let widths = alignment.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let margin = String(repeating: " ", count: indent)
    return all.map { margin + line($0, widths) }
  }

  private func line(_ row: [String], _ widths: [Int]) -> String {
    let cells = row.indices.map { column in
      let gap = String(repeating: " ", count: widths[column] - row[column].count)
      return alignment[column] == .left ? row[column] + gap : gap + row[column]
    }
    let text = cells.joined(separator: "  ")
    return String(text.reversed().drop { $0 == " " }.reversed())
  }
}
