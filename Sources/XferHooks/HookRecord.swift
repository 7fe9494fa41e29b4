import FoundationEssentials
import XferHistory
import XferProtocol
import XferSystem
import XferText

/// An event as its command gets it: as JSON on its standard input, and as variables of its
/// environment.
struct HookRecord: Encodable {
  let event: String
  let attempt: Int
  let client: String?
  let client_ip: String
  var id: Int64?
  var transfer_id: String?
  var name: String?
  var path: String?
  var size: Int64?
  var sha256: String?
  var started_at: String?
  var finished_at: String?
  var set_number: Int64?
  var set_id: String?
  var set_name: String?
  var files: UInt64?
  var bytes: UInt64?

  /// Describes an event. `attempt` is the number of this run, from 1 on. `directory` is that of the
  /// published files.
  init(_ event: HookEvent, attempt: Int, directory: String) {
    self.event = event.kind.name
    self.attempt = attempt
    switch event {
    case .file(let entry):
      (client, client_ip) = (entry.client.name, entry.client.address)
      id = entry.id
      transfer_id = entry.transferID?.description
      (name, path, size) = (entry.name, "\(directory)/\(entry.name)", entry.size)
      sha256 = entry.digest?.description
      started_at = TimeText.rfc3339(entry.startedAt)
      finished_at = TimeText.rfc3339(entry.finishedAt)
      set_number = entry.setNumber
    case .set(let set, _):
      (client, client_ip) = (set.client.name, set.client.address)
      (set_number, set_id, set_name) = (set.number, set.set.id.description, set.set.name)
      (files, bytes) = (set.delivered.files, set.delivered.bytes)
      sha256 = set.digest?.description
      started_at = TimeText.rfc3339(set.startedAt)
      finished_at = set.completedAt.map { TimeText.rfc3339($0) }
    }
  }

  /// The record as one line of JSON.
  var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every member is a text or a number, which can be encoded.
    guard let data = try? encoder.encode(self) else { return [] }
    return Array(data) + [UInt8(ascii: "\n")]
  }

  /// The variables, as `NAME=value`. Names of files have their very bytes.
  var environment: [[UInt8]] {
    let texts: [(String, String?)] = [
      ("EVENT", event), ("ATTEMPT", "\(attempt)"), ("CLIENT", client), ("CLIENT_IP", client_ip),
      ("ID", id.map { "\($0)" }), ("TRANSFER_ID", transfer_id), ("NAME", name), ("PATH", path),
      ("SIZE", size.map { "\($0)" }), ("SHA256", sha256), ("STARTED_AT", started_at),
      ("FINISHED_AT", finished_at), ("SET_NUMBER", set_number.map { "\($0)" }),
      ("SET_ID", set_id), ("SET_NAME", set_name), ("FILES", files.map { "\($0)" }),
      ("BYTES", bytes.map { "\($0)" }),
    ]
    return texts.compactMap { name, value in
      value.map { Array("XFER_\(name)=".utf8) + PathText.bytes($0) }
    }
  }
}
