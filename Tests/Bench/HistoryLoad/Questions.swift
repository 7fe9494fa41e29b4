import XferProtocol
import XferSystem

/// Filters of every kind for which the history chooses another query plan.
struct Questions {
  enum Kind: String, CaseIterable {
    case all = "no filter"
    case commonClient = "common client"
    case rareClient = "rare client"
    case tenRows = "prefix of 10 rows"
    case thousandRows = "prefix of 1,000 rows"
    case hundredThousandRows = "prefix of 100,000 rows, all year"
    case hundredThousandRowsOnce = "prefix of 100,000 rows, within a month"
    case commonPrefix = "prefix of half the rows"
    case commonClientRarePrefix = "common client, its prefix of 10 rows"
    case rareClientCommonPrefix = "rare client, prefix of all"
    case rareClientStrangePrefix = "rare client, common prefix of another"
    case commonClientStrangePrefix = "common client, common prefix of another"
    case suffix = "names that end with three digits"
  }

  enum Time: String, CaseIterable {
    case any = ""
    case since = ", since"
    case until = ", until"
    case between = ", since and until"
  }

  private let rows: Int
  private var random = SampleRandom(seed: 7)

  init(rows: Int) { self.rows = rows }

  /// Returns nil if the history is too short for the kind of filter.
  mutating func make(_ kind: Kind, _ time: Time, count: Int) -> [HistoryFilter]? {
    var filters: [HistoryFilter] = []
    for _ in 0..<count {
      guard var filter = filter(kind) else { return nil }
      let half = Double.random(in: 0.4...0.6, using: &random)
      if time == .until || time == .between { filter.until = SampleHistory.moment(half) }
      if time == .since { filter.since = SampleHistory.moment(half) }
      if time == .between { filter.since = SampleHistory.moment(half - 0.08) }
      filters.append(filter)
    }
    return filters
  }

  private mutating func filter(_ kind: Kind) -> HistoryFilter? {
    let (common, rare) = (Int.random(in: 0..<5, using: &random), pick(190..<200))
    switch kind {
    case .all: return ask()
    case .commonClient: return ask(common)
    case .rareClient: return ask(rare)
    case .tenRows: return ask(prefix: prefix(matching: 10, clients: 0..<200))
    case .thousandRows: return ask(prefix: prefix(matching: 1000, clients: 0..<200))
    case .hundredThousandRows:
      return ask(prefix: prefix(matching: 100_000, clients: 0..<200, spans: [365]))
    case .hundredThousandRowsOnce:
      return ask(prefix: prefix(matching: 100_000, clients: 0..<3, spans: [30, 10]))
    case .commonPrefix: return ask(prefix: "client-00")
    case .commonClientRarePrefix:
      let client = pick(5..<10)
      return ask(client, prefix: prefix(matching: 10, clients: client..<client + 1))
    case .rareClientCommonPrefix: return ask(rare, prefix: "client-")
    case .rareClientStrangePrefix: return ask(rare, prefix: SampleHistory.directory(common))
    case .commonClientStrangePrefix: return ask(common, prefix: SampleHistory.directory(common + 1))
    case .suffix: return ask(glob: "*-*\(padded(pick(0..<1000), 3)).log")
    }
  }

  private func ask(_ client: Int? = nil, glob: String? = nil) -> HistoryFilter {
    HistoryFilter(limit: 50, client: client.map(SampleHistory.address), name: glob)
  }

  private func ask(_ client: Int? = nil, prefix: String?) -> HistoryFilter? {
    prefix.map { ask(client, glob: $0 + "*") }
  }

  private mutating func pick(_ range: Range<Int>) -> Int { .random(in: range, using: &random) }

  /// Returns the prefix of a directory, a month, ten days or a day of a client that has about that
  /// number of rows; returns nil if none has.
  private mutating func prefix(
    matching wanted: Int, clients: Range<Int>, spans: [Int] = [365, 30, 10, 1]
  ) -> String? {
    let all = clients.flatMap { client in spans.map { (client: client, span: $0) } }
    let fitting = all.filter { client, span in
      let expected = Double(rows) * SampleHistory.share(client) * Double(span) / 365
      return (0.4...2.5).contains(expected / Double(wanted))
    }
    guard let (client, span) = fitting.randomElement(using: &random) else { return nil }
    let day = SampleHistory.days[pick(40..<330)].text
    let kept = [365: 0, 30: 8, 10: 9, 1: 10][span] ?? 0
    return SampleHistory.directory(client) + day.prefix(kept)
  }
}
