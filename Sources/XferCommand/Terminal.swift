import Glibc
import Synchronization
import SystemPackage
import XferSystem

/// Writes to standard output and standard error, unbuffered. Replaces control characters (C0, DEL
/// and C1) by question marks, because a terminal may interpret them and texts and file names may
/// come from other machines.
package enum Terminal {
  private static let outputError = Mutex<Errno?>(nil)

  /// Writes any number of lines to standard output. Errors are kept for `checkOutput`.
  package static func out(_ text: String) { put(sanitized(text, keepingLines: true)) }

  /// Writes one line to standard error.
  package static func error(_ text: String) {
    _ = write(sanitized(text, keepingLines: false) + "\n", to: STDERR_FILENO)
  }

  /// Replaces the line of the cursor by another one, cut to the width of the terminal.
  package static func redraw(_ line: String) {
    let line = sanitized(line, keepingLines: false)
    put("\r\u{1B}[K" + String(line.prefix(width - 1)))
  }

  /// Throws if an earlier write to standard output failed, for example because the disk is full.
  package static func checkOutput() throws {
    if let code = outputError.withLock({ $0 }) { throw SystemFailure("write the output", code) }
  }

  private static func put(_ text: String) {
    if !write(text, to: STDOUT_FILENO) {
      let code = Errno(rawValue: errno)
      outputError.withLock { $0 = $0 ?? code }
    }
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done)
      }
      if count <= 0 { return false }
      done += count
    }
    return true
  }

  /// Columns of the terminal on standard output; 80 if it is not a terminal.
  package static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }

  /// Replaces each control character by a question mark. `keepingLines` keeps line ends: a line
  /// feed, alone or after a carriage return, as in CSV.
  package static func sanitized(_ text: String, keepingLines: Bool) -> String {
    if isSafe(text, keepingLines: keepingLines) { return text }
    let scalars = Array(text.unicodeScalars)
    let kept = scalars.indices.map { index -> Unicode.Scalar in
      let isEnd = scalars[index] == "\n" || scalars[index...].starts(with: ["\r", "\n"])
      return isControl(scalars[index]) && !(keepingLines && isEnd) ? "?" : scalars[index]
    }
    return String(String.UnicodeScalarView(kept))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }

  /// Returns true if there is nothing to replace. Works on bytes, because nearly all text is safe.
  /// In UTF-8, C1 is 0xc2 followed by 0x80 to 0x9f.
  private static func isSafe(_ text: String, keepingLines: Bool) -> Bool {
    var last: UInt8 = 0
    for byte in text.utf8 {
      if byte == 0x7f || (last == 0xc2 && byte < 0xa0) || (last == 0x0d && byte != 0x0a) {
        return false
      }
      if byte < 0x20 && !(keepingLines && (byte == 0x0a || byte == 0x0d)) { return false }
      last = byte
    }
    return last != 0x0d
  }
}
