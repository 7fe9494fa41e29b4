import XferProtocol
import XferSystem

/// A simulated year of 200 clients that send their logs. The first client sends most, the last one
/// least (Zipf's law). All of them send all the time, so that adjacent rows are unrelated. Rows
/// finish in groups, as the recorder writes them, and the groups are spread over the year. The same
/// seed makes the same year.
struct SampleHistory {
  static let clients = 200
  static let group = 512
  static let days = SampleDay.year
  private static let dayLength: Int64 = 86_400_000_000
  private static let start = Timestamp(microseconds: Int64(days[0].number) * dayLength)
  private static let harmonic = (1...clients).reduce(0.0) { $0 + 1 / Double($1) }

  private let rows: Int
  private let identified: Int
  private let spacing: Int64
  private var random: SampleRandom
  private var made = 0

  /// The clients below the number `identified` have names.
  init(rows: Int, identified: Int = 0, seed: UInt64 = 1) {
    self.rows = rows
    self.identified = identified
    self.spacing = Int64(SampleHistory.days.count) * SampleHistory.dayLength / Int64(rows)
    self.random = SampleRandom(seed: seed)
  }

  /// Returns the share of a client in all rows.
  static func share(_ client: Int) -> Double { 1 / Double(client + 1) / harmonic }

  static func address(_ client: Int) -> String { "10.20.\(client / 100).\(client % 100 + 1)" }

  static func directory(_ client: Int) -> String { "client-\(padded(client, 3))/logs/" }

  /// Returns a time of the year, from 0 at its start to 1 at its end.
  static func moment(_ part: Double) -> Timestamp {
    let length = Double(Int64(days.count) * dayLength)
    return Timestamp(microseconds: start.microseconds + Int64(length * part))
  }

  /// Returns the next group in the order of time. The last group is smaller.
  mutating func next() throws -> [(transfer: SealedTransfer, finishedAt: Timestamp)] {
    let count = min(SampleHistory.group, rows - made)
    return try (0..<count).map { _ in try row() }
  }

  private mutating func row() throws -> (SealedTransfer, Timestamp) {
    let client = pickClient()
    let since =
      Int64(made / SampleHistory.group * SampleHistory.group) * spacing
      + Int64(made % SampleHistory.group) * 10 + .random(in: 0..<10, using: &random)
    let day = SampleHistory.days[Int(since / SampleHistory.dayLength)]
    let finished = SampleHistory.start.microseconds + since
    let name = "\(SampleHistory.directory(client))\(day.text)/app-\(padded(made, 6)).log"
    made += 1
    let transfer = SealedTransfer(
      id: id(at: finished), name: try FileName(name),
      size: .random(in: 1...1_000_000, using: &random),
      client: Client(
        address: SampleHistory.address(client),
        name: client < identified ? "client-\(client)" : nil),
      wire: .native,
      startedAt: Timestamp(microseconds: finished - .random(in: 1000...5_000_000, using: &random)),
      digest: digest(), isSynced: true)
    return (transfer, Timestamp(microseconds: finished))
  }

  /// Picks a client by rejection sampling: the first client is always accepted, the hundredth once
  /// in a hundred times.
  private mutating func pickClient() -> Int {
    while true {
      let client = Int.random(in: 0..<SampleHistory.clients, using: &random)
      if Int.random(in: 0...client, using: &random) == 0 { return client }
    }
  }

  /// Returns an id like that of xferctl, which begins with the seconds of the mtime.
  private mutating func id(at microseconds: Int64) -> TransferID {
    let seconds = UInt64(microseconds / 1_000_000)
    return TransferID(high: seconds << 32 | random.next() >> 32, low: random.next())
  }

  private mutating func digest() -> Digest {
    let bytes = (0..<Digest.size / 8).flatMap { _ in
      withUnsafeBytes(of: random.next()) { Array($0) }
    }
    return Digest(bytes: bytes)!
  }
}

func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
