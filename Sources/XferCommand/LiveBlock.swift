import Glibc
import XferText

/// Lines at the end of a terminal on standard error that are drawn again in place.
///
/// Between two drawings the cursor stands at the beginning of the first line. So a terminal that
/// breaks lines again after a change of its width moves the cursor with them, and the next drawing
/// replaces all of them, also if they take more lines than before.
package final class LiveBlock {
  /// Long lines are cut by the terminal while a block is drawn (DECAWM), in case it has become
  /// narrower since its size was read.
  private static let (keepLines, breakLines) = ("\u{1B}[?7l", "\u{1B}[?7h")
  private static let eraseLine = "\u{1B}[K"
  private static let eraseRest = "\u{1B}[J"

  private var isDrawn = false

  /// Creates an empty block. Returns nil if standard error is not a terminal, or one that takes no
  /// control sequences.
  package init?() {
    guard Terminal.isTerminal(STDERR_FILENO) else { return nil }
  }

  /// The columns and the rows of the terminal.
  package var size: (columns: Int, rows: Int) { Terminal.size(of: STDERR_FILENO) }

  /// Draws lines in place of the former ones. Each is cut to the width of the terminal, and lines
  /// for which it has no row are left out.
  package func draw(_ lines: [String]) {
    let (columns, rows) = size
    let shown = lines.prefix(max(1, rows - 1)).map {
      TextWidth.prefix(Terminal.sanitized($0, keepingLines: false), columns - 1)
    }
    let body = shown.joined(separator: LiveBlock.eraseLine + "\r\n")
    let up = shown.count > 1 ? "\u{1B}[\(shown.count - 1)A" : ""
    write(
      LiveBlock.keepLines + "\r" + body + LiveBlock.eraseRest + up + "\r" + LiveBlock.breakLines)
    isDrawn = true
  }

  /// Removes the lines, so that others can be printed in their place.
  package func clear() {
    if isDrawn { write("\r" + LiveBlock.eraseRest) }
    isDrawn = false
  }

  private func write(_ text: String) { _ = Terminal.write(text, to: STDERR_FILENO) }
}
