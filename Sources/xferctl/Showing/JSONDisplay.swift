import FoundationEssentials
import XferClient
import XferCommand
import XferProtocol
import XferSystem

/// Prints one JSON object per line with the result for each file, for programs.
final class JSONDisplay: SendDisplay {
  private var progress: SendProgress

  init(_ list: SendList) { progress = SendProgress(list) }

  private struct Line: Encodable {
    let path: String
    let name: String
    let size: UInt64
    /// The kind of the file; nil for a regular file.
    var kind: String?
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
    /// Bytes of a running file that the receiver has or that were sent.
    var sent: UInt64?
    var bytes_per_second: Double?
    /// True if the file was removed here; nil if it was to be kept.
    var removed: Bool?

    init(_ file: FileToSend, status: String) {
      path = file.path
      name = file.name.text
      size = file.size
      kind = file.kind == .file ? nil : file.kind.word
      self.status = status
    }

    init(_ file: RunningFile, now: MonotonicTime) {
      path = file.path
      name = file.name.text
      size = file.size
      status = "sending"
      sent = file.done
      bytes_per_second = file.bytesPerSecond(now: now)
    }
  }

  /// The object of a set.
  private struct SetLine: Encodable {
    var set: String?
    var set_name: String?
    let status: String
    var files: UInt64?
    var others: UInt64?
    var bytes: UInt64?
    var sha256: String?
    var durability: String?
    var detail: String?

    init(_ receipt: SetReceipt) {
      status = "complete"
      (set, set_name) = (receipt.set.id.description, receipt.set.name)
      (files, others) = (receipt.totals.files, receipt.totals.others)
      (bytes, sha256) = (receipt.totals.bytes, receipt.totals.digest.description)
      durability = receipt.durability == .durable ? "receipt" : "lazy"
    }

    init(status: String, detail: String) { (self.status, self.detail) = (status, detail) }
  }

  func show(_ event: SendEvent) {
    progress.note(event, now: .now)
    switch event {
    case .delivered(let file, _, _) where file.kind == .directory: break
    case .delivered(let file, let receipt, let evidence):
      JSONDisplay.write(JSONDisplay.line(for: file, receipt: receipt, evidence: evidence))
    case .refused(let file, let refusal):
      var line = Line(file, status: "refused")
      line.reason = refusal.reason.code
      line.detail = refusal.sentence
      JSONDisplay.write(line)
    case .failed(let file, let why):
      var line = Line(file, status: "failed")
      line.detail = why
      JSONDisplay.write(line)
    case .differs(let file, let receipt, let here, isFault: true):
      JSONDisplay.write(JSONDisplay.difference(of: file, receipt: receipt, localDigest: here))
    case .waiting, .givenUp, .differs: Terminal.error("xferctl: \(event.errorMessage ?? "waiting")")
    case .completed(let receipt): JSONDisplay.write(SetLine(receipt))
    case .incomplete(let why): JSONDisplay.write(SetLine(status: "incomplete", detail: why))
    case .sent, .resumed, .connected, .working, .reading, .omitted: break
    }
  }

  func say(_ message: String) { Terminal.error("xferctl: \(message)") }

  /// Prints an object about each file that runs for long.
  func tick() {
    let now = MonotonicTime.now
    for file in progress.takeFiles(withoutLineFor: LineDisplay.pause, now: now) {
      JSONDisplay.write(Line(file, now: now))
    }
  }

  func clear() {}

  func finish() {}

  /// Prints the object of a file that would be sent.
  static func printListed(_ file: FileToSend) { write(Line(file, status: "listed")) }

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
    line.duration_seconds =
      receipt.standing == .new ? file.duration?.inSeconds ?? receipt.seconds : receipt.seconds
    switch file.removal {
    case .notAsked: break
    case .removed: line.removed = true
    case .kept(let why): (line.removed, line.detail) = (false, why)
    }
    line.durability = receipt.durability == .durable ? "receipt" : "lazy"
    line.repeated = receipt.repeated
    switch evidence {
    case .notAsked: break
    case .same: line.verified = true
    case .missing(let why): (line.verified, line.detail) = (false, why)
    }
    return line
  }

  private static func write(_ line: some Encodable) {
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
