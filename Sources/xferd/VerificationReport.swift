import XferAudit
import XferCommand
import XferProtocol
import XferText

/// Prints each file that is not as delivered, and counts all files.
struct VerificationReport {
  private(set) var count = 0
  /// Files that are not as delivered.
  private(set) var wrong = 0
  /// Files that were compared by their size only.
  private var unproven = 0
  private var bytes: Int64 = 0

  /// Counts a file, and prints it if it is not as delivered.
  mutating func add(_ finding: Verification.Finding, of entry: HistoryEntry) {
    count += 1
    bytes += entry.size
    if finding == .unproven { unproven += 1 }
    guard let message = VerificationReport.message(for: finding, of: entry) else { return }
    wrong += 1
    Terminal.out("\(entry.name): \(message)\n")
  }

  /// The summary, such as `3 files, 878.9 KiB: all as delivered`.
  var summary: String {
    let result =
      wrong > 0
      ? "\(wrong) not as delivered" : unproven == 0 ? "all as delivered" : "none differs"
    let limit =
      unproven > 0 ? "; \(unproven) compared by size only, because they have no digest" : ""
    return "\(Readable.count(count, of: "file")), \(Readable.bytes(bytes)): \(result)\(limit)"
  }

  /// Returns nil if the file is as delivered.
  private static func message(
    for finding: Verification.Finding, of entry: HistoryEntry
  ) -> String? {
    let moment = TimeText.local(entry.finishedAt)
    switch finding {
    case .same, .unproven: return nil
    case .resized(let size):
      return "differs: \(size) bytes, delivered \(moment) with \(entry.size)"
    case .missing: return "missing; it was delivered \(moment) from \(entry.client)"
    case .differs(let digest):
      return
        "differs: sha256 \(digest), delivered \(moment) with \(entry.digest?.description ?? "none")"
    case .replaced: return "is not the \(entry.properties.kind.name) that was delivered \(moment)"
    case .unreadable(let why): return "cannot be read: \(why)"
    }
  }
}
