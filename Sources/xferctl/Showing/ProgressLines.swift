import XferClient
import XferProtocol
import XferSystem
import XferText

/// Lays out the progress of a run in the columns of a terminal: one line for each running file, and
/// one in all.
struct ProgressLines {
  private static let gap = "  "
  /// Characters between the brackets of the bar.
  private static let barWidth = 20
  /// The columns that the name of a file keeps.
  private static let leastName = 16

  let columns: Int
  let rows: Int

  func lines(of progress: SendProgress, waiting: String?, now: MonotonicTime) -> [String] {
    let files = progress.files.prefix(max(0, min(8, rows - 3)))
    let total = waiting ?? ProgressLines.total(progress, columns: columns - 1, now: now)
    return files.map { line(of: $0, now: now) } + [total]
  }

  /// The name, cut in its middle, and behind it the parts for which there is room.
  private func line(of file: RunningFile, now: MonotonicTime) -> String {
    var end = ""
    for part in file.parts(now: now) {
      let longer = end + ProgressLines.gap + part
      guard TextWidth.columns(of: longer) <= columns - 1 - ProgressLines.leastName else { break }
      end = longer
    }
    let room = columns - 1 - TextWidth.columns(of: end)
    return TextWidth.padded(TextWidth.cut(file.name.description, to: room), to: room) + end
  }

  private static func total(
    _ progress: SendProgress, columns: Int, now: MonotonicTime
  ) -> String {
    let tally = progress.tally
    let done = min(tally.bytesSent.adding(tally.bytesPresent), tally.bytes)
    let rate = progress.bytesPerSecond(now: now)
    var parts = [
      RunningFile.percent(done, of: tally.bytes), "\(tally.received)/\(tally.files) files",
      Readable.rate(rate),
    ]
    if rate > 0, tally.bytes > done {
      parts.append("\(Readable.duration(seconds: Double(tally.bytes - done) / rate)) left")
    }
    parts += ["\(Readable.share(done, of: tally.bytes))", bar(done, of: tally.bytes)]
    return fitting(parts, columns)
  }

  /// Joins the parts for which there is room, in their order.
  private static func fitting(_ parts: [String], _ columns: Int) -> String {
    var line = ""
    for part in parts {
      let longer = line.isEmpty ? part : line + gap + part
      if longer.count <= columns { line = longer }
    }
    return line
  }

  private static func bar(_ done: UInt64, of total: UInt64) -> String {
    let filled = total > 0 ? Int(Double(done) / Double(total) * Double(barWidth)) : 0
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: barWidth - filled) + "]"
  }
}
