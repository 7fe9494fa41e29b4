import Glibc
import Synchronization
import SystemPackage
import XferSystem

/// Writes to a standard stream at once, whatever the stream is. What a terminal might obey (C0, DEL and C1)
/// is replaced here, by a question mark: text may come from a receiver, and names of files from anybody.
public enum Terminal {
  private static let outputError = Mutex<Errno?>(nil)

  /// Text of any number of lines.
  public static func out(_ text: String) { put(harmless(text, keepingLines: true)) }

  /// One line on standard error.
  public static func error(_ text: String) {
    _ = write(harmless(text, keepingLines: false) + "\n", to: STDERR_FILENO)
  }

  /// Takes the line of the cursor away, and shows another one as far as the terminal is wide.
  static func redraw(_ line: String) {
    let line = harmless(line, keepingLines: false)
    put("\r\u{1B}[K" + String(line.prefix(width - 1)))
  }

  /// Throws where something that was printed did not come out, as on a full disk.
  public static func checkOutput() throws {
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

  /// Columns of the terminal on standard output.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }

  /// The same text with a question mark for each control character. Line ends stay where lines are kept:
  /// a line feed, alone or behind a carriage return, as in CSV.
  static func harmless(_ text: String, keepingLines: Bool) -> String {
    if isHarmless(text, keepingLines) { return text }
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

  /// Byte by byte, as nearly all text is: C1 is 0xc2 followed by 0x80 to 0x9f in UTF-8.
  private static func isHarmless(_ text: String, _ keepingLines: Bool) -> Bool {
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
