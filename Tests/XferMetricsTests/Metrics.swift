@testable import XferMetrics

/// The metrics of a page.
enum Metrics {
  /// Returns the type of each metric on the page of a scoreboard, by its name.
  static func served(by board: Scoreboard) -> [String: String] {
    var types: [String: String] = [:]
    for line in PrometheusText.render(board).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count == 4, words.prefix(2) == ["#", "TYPE"] { types[words[2]] = words[3] }
    }
    return types
  }
}
