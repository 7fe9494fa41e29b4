import XferProtocol
import XferReport

/// Prints rows of the history as they arrive, in writes of at least 64 KiB.
package final class HistoryOutput {
  private static let block = 64 << 10

  private var printer: HistoryPrinter
  private var text = ""

  /// Creates an output in a format.
  package init(_ format: HistoryFormat) { printer = HistoryPrinter(format) }

  /// Prints a row, now or with later ones. Throws if it cannot be encoded.
  package func print(_ entry: HistoryEntry) throws {
    text += try printer.text(of: entry)
    if text.utf8.count >= HistoryOutput.block { flush() }
  }

  /// Prints the rest. Called after the last row.
  package func finish() {
    text += printer.end()
    flush()
  }

  private func flush() {
    Terminal.out(text)
    text = ""
  }
}
