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
    case .delivered(let file, let receipt): write(JSONDisplay.line(file, receipt))
    case .refused(let file, let refusal):
      var line = Line(file, status: "refused")
      line.reason = refusal.reason.code
      line.detail = refusal.sentence
      write(line)
    case .failed(let file, let why):
      var line = Line(file, status: "failed")
      line.detail = why
      write(line)
    case .waiting, .givenUp: Terminal.error("xferctl: \(event.complaint ?? "waiting")")
    case .sent, .resumed, .connected: break
    }
  }

  public func finish() {}

  private static func line(_ file: FileToSend, _ receipt: Receipt) -> Line {
    var line = Line(file, status: "received")
    line.transfer_id = receipt.id.description
    line.sha256 = receipt.digest?.description
    line.duration_seconds = receipt.seconds
    line.durability = receipt.durability == .durable ? "receipt" : "lazy"
    line.repeated = receipt.repeated
    return line
  }

  private func write(_ line: Line) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(line) else { return }
    Terminal.out(String(decoding: data, as: UTF8.self) + "\n")
  }
}
