import FoundationEssentials
import XferClient
import XferCommand
import XferProtocol

/// Prints one JSON object per line with the result for each file, for programs.
final class JSONDisplay: SendDisplay {
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
    /// The result of comparing the SHA-256; nil if no comparison was requested.
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

  func show(_ event: SendEvent) {
    switch event {
    case .delivered(let file, let receipt, let evidence):
      write(JSONDisplay.line(for: file, receipt: receipt, evidence: evidence))
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
      write(JSONDisplay.difference(of: file, receipt: receipt, localDigest: here))
    case .waiting, .givenUp, .differs: Terminal.error("xferctl: \(event.errorMessage ?? "waiting")")
    case .sent, .resumed, .connected, .working, .reading: break
    }
  }

  func finish() {}

  private static func difference(
    of file: FileToSend, receipt: Receipt, localDigest here: Digest
  ) -> Line {
    var line = Line(file, status: "differs")
    line.transfer_id = receipt.id.description
    line.sha256 = receipt.digest?.description
    line.sha256_here = here.description
    return line
  }

  private static func line(
    for file: FileToSend, receipt: Receipt, evidence: Evidence
  ) -> Line {
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

  /// Escapes DEL and C1, which the encoder leaves as they are, so that a path is printed exactly
  /// and no terminal interprets it.
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
