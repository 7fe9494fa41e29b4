import FoundationEssentials
import XferProtocol

/// One JSON object a line for each file and what became of it: for programs.
public final class JSONDisplay: SendDisplay {
  public init() {}

  private struct Line: Encodable {
    let path: String
    let name: String
    let size: UInt64
    let status: String
    var transfer_id: String?
    var sha256: String?
    var duration_seconds: Double?
    var durability: String?
    var repeated: Bool?
    /// Only where it was asked for: the SHA-256 here is the same.
    var verified: Bool?
    var sha256_here: String?
    var reason: String?
    var detail: String?

    init(_ file: FileToSend, status: String) {
      path = file.path
      name = file.name.text
      size = file.size
      self.status = status
    }
  }

  public func show(_ event: SendEvent) {
    switch event {
    case .delivered(let file, let receipt, let evidence):
      write(JSONDisplay.line(file, receipt, evidence))
    case .refused(let file, let refusal):
      var line = Line(file, status: "refused")
      line.reason = refusal.reason.code
      line.detail = refusal.sentence
      write(line)
    case .failed(let file, let why):
      var line = Line(file, status: "failed")
      line.detail = why
      write(line)
    case .differs(let file, let receipt, let here, isFault: true):
      write(JSONDisplay.difference(file, receipt, here))
    case .waiting, .givenUp, .differs: Terminal.error("xferctl: \(event.complaint ?? "waiting")")
    case .sent, .resumed, .connected, .working, .reading: break
    }
  }

  public func finish() {}

  private static func difference(_ file: FileToSend, _ receipt: Receipt, _ here: Digest) -> Line {
    var line = Line(file, status: "differs")
    line.transfer_id = receipt.id.description
    line.sha256 = receipt.digest?.description
    line.sha256_here = here.description
    return line
  }

  private static func line(_ file: FileToSend, _ receipt: Receipt, _ evidence: Evidence) -> Line {
    var line = Line(file, status: "received")
    line.transfer_id = receipt.id.description
    line.sha256 = receipt.digest?.description
    line.duration_seconds = receipt.seconds
    line.durability = receipt.durability == .durable ? "receipt" : "lazy"
    line.repeated = receipt.repeated
    switch evidence {
    case .notAsked: break
    case .same: line.verified = true
    case .missing(let why): (line.verified, line.detail) = (false, why)
    }
    return line
  }

  private func write(_ line: Line) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(line) else { return }
    Terminal.out(JSONDisplay.escaped(String(decoding: data, as: UTF8.self)) + "\n")
  }

  /// The encoder leaves DEL and C1 as they are. A path that holds them can be told in JSON as it is.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      if (0x7f..<0xa0).contains(scalar.value) {
        escaped += "\\u00" + String(scalar.value, radix: 16)
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
