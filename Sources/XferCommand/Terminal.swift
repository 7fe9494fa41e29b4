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

  /// Writes one line to standard error, in a colour if standard error has colours.
  package static func error(_ text: String, in colour: Colour? = nil) {
    let line = sanitized(text, keepingLines: false)
    let shown = colour.map { $0.applied(to: line, on: STDERR_FILENO) } ?? line
    _ = write(shown + "\n", to: STDERR_FILENO)
  }

  /// True if the descriptor is a terminal that takes control sequences.
  package static func isTerminal(_ descriptor: Int32) -> Bool {
    guard isatty(descriptor) == 1 else { return false }
    return getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// True if text for this descriptor may have colours: it is a terminal, and NO_COLOR is not set
  /// or empty (https://no-color.org).
  package static func hasColours(_ descriptor: Int32) -> Bool {
    isTerminal(descriptor) && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
  }

  /// A colour of text on a terminal (ECMA-48, SGR).
  package enum Colour: Int, Sendable {
    /// For errors.
    case red = 31

    fileprivate func applied(to text: String, on descriptor: Int32) -> String {
      hasColours(descriptor) ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
  }

  /// Throws if an earlier write to standard output failed, for example because the disk is full.
  package static func checkOutput() throws {
    if let code = outputError.withLock({ $0 }) { throw SystemFailure("write the output", code) }
  }

  /// Writes bytes to standard output as they are, so that another program gets the very names of
  /// files. A terminal gets them as text.
  package static func out(bytes: [UInt8]) {
    isTerminal(STDOUT_FILENO) ? out(String(decoding: bytes, as: UTF8.self)) : put(bytes)
  }

  private static func put(_ text: String) { put(Array(text.utf8)) }

  private static func put(_ bytes: [UInt8]) {
    if !write(bytes, to: STDOUT_FILENO) {
      let code = Errno(rawValue: errno)
      outputError.withLock { $0 = $0 ?? code }
    }
  }

  /// Writes a text as it is. Returns false if that fails; then `errno` has the reason.
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    write(Array(text.utf8), to: descriptor)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
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
  package static var width: Int { size(of: STDOUT_FILENO).columns }

  /// Columns and rows of the terminal at a descriptor; 80 and 24 if it has none.
  package static func size(of descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
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
