import XferProtocol
import XferSystem
import XferText

/// A row of the history for programs. The coding keys are the JSON members and CSV columns.
struct HistoryRecord: Encodable {
  let entry: HistoryEntry

  init(_ entry: HistoryEntry) { self.entry = entry }

  enum CodingKeys: String, CodingKey, CaseIterable {
    case id
    case transferID = "transfer_id"
    case address = "client_ip"
    case name
    case size
    case resumedAt = "resumed_at"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case duration = "duration_seconds"
    case rate = "bytes_per_second"
    case status
    case reason
    case detail
    case sha256
    case wire = "protocol"
    case attempts
    case firstFinishedAt = "first_finished_at"
    case client
    case kind
    case mode
    case modifiedAt = "modified_at"
    case target
    case setNumber = "set_number"
  }

  /// The permission bits as chmod(1) takes them, such as 0644.
  private var mode: String? {
    entry.properties.mode.map { mode in
      let digits = String(mode, radix: 8)
      return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }

  private var modifiedAt: String? {
    entry.properties.modified.map { TimeText.rfc3339(Timestamp(microseconds: $0 / 1000)) }
  }

  private var rate: Double? { entry.bytesPerSecond.map { $0.rounded() } }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(entry.id, forKey: .id)
    try object.encode(entry.transferID?.description, forKey: .transferID)
    try object.encode(entry.client.address, forKey: .address)
    try object.encode(entry.name, forKey: .name)
    try object.encode(entry.size, forKey: .size)
    try object.encode(entry.resumedAt, forKey: .resumedAt)
    try object.encode(TimeText.rfc3339(entry.startedAt), forKey: .startedAt)
    try object.encode(TimeText.rfc3339(entry.finishedAt), forKey: .finishedAt)
    try object.encode(entry.seconds, forKey: .duration)
    try object.encode(rate, forKey: .rate)
    try object.encode(entry.status.name, forKey: .status)
    try object.encode(entry.reason, forKey: .reason)
    try object.encode(entry.detail, forKey: .detail)
    try object.encode(entry.digest?.description, forKey: .sha256)
    try object.encode(entry.wire.name, forKey: .wire)
    try object.encode(entry.attempts, forKey: .attempts)
    try object.encode(entry.firstFinishedAt.map(TimeText.rfc3339), forKey: .firstFinishedAt)
    try object.encode(entry.client.name, forKey: .client)
    try object.encode(entry.properties.kind.name, forKey: .kind)
    try object.encode(mode, forKey: .mode)
    try object.encode(modifiedAt, forKey: .modifiedAt)
    try object.encode(entry.properties.kind.target, forKey: .target)
    try object.encode(entry.setNumber, forKey: .setNumber)
  }

  static let csvHeader = CodingKeys.allCases.map(\.rawValue).joined(separator: ",")

  /// One line of CSV (RFC 4180), in the order of the header.
  var csvLine: String {
    let values: [String] = [
      "\(entry.id)", entry.transferID?.description ?? "", entry.client.address,
      HistoryRecord.inert(entry.name),
      "\(entry.size)",
      "\(entry.resumedAt)",
      TimeText.rfc3339(entry.startedAt), TimeText.rfc3339(entry.finishedAt), "\(entry.seconds)",
      rate.map { "\(Int64($0))" } ?? "", entry.status.name, entry.reason ?? "",
      HistoryRecord.inert(entry.detail ?? ""),
      entry.digest?.description ?? "", entry.wire.name, "\(entry.attempts)",
      entry.firstFinishedAt.map(TimeText.rfc3339) ?? "",
      HistoryRecord.inert(entry.client.name ?? ""), entry.properties.kind.name, mode ?? "",
      modifiedAt ?? "", HistoryRecord.inert(entry.properties.kind.target ?? ""),
      entry.setNumber.map { "\($0)" } ?? "",
    ]
    return values.map(HistoryRecord.csvQuoted).joined(separator: ",")
  }

  /// Prefixes a text of a peer with an apostrophe if a spreadsheet would interpret it as a formula
  /// (OWASP, "CSV Injection"). A text that starts with an apostrophe gets another one, so that a
  /// reader can always remove the first.
  private static func inert(_ value: String) -> String {
    guard let first = value.utf8.first, Set("=+-@'\t\r".utf8).contains(first) else { return value }
    return "'" + value
  }

  private static func csvQuoted(_ value: String) -> String {
    // Works on bytes: in a String, "\r\n" is one character, and so is a comma with an accent.
    guard value.utf8.contains(where: Set(",\"\r\n".utf8).contains) else { return value }
    let doubled = value.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }
}
