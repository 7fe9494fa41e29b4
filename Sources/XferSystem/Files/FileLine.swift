/// One line of a text file that people may edit, as its bytes. So a program that changes a file
/// keeps the other lines as they are, also those that an editor has saved in another encoding than
/// UTF-8.
package struct FileLine: Equatable, Sendable {
  /// The bytes without the LF at the end. A CR in front of it stays.
  package let bytes: ArraySlice<UInt8>

  /// Uses these bytes, which have no LF.
  package init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// Creates a line of this text, which has no LF.
  package init(_ text: String) { bytes = ArraySlice(text.utf8) }

  /// The text; nil if the bytes are not UTF-8.
  package var text: String? { String(validating: bytes, as: UTF8.self) }

  /// The text, with U+FFFD in place of bytes that are not UTF-8.
  package var repairedText: String { String(decoding: bytes, as: UTF8.self) }
}

extension [FileLine] {
  /// The lines of a file. A file that ends with LF has an empty line at its end.
  package init(file bytes: [UInt8]) {
    self = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { FileLine(bytes: $0) }
  }

  /// The lines of a file with these texts, and LF behind each.
  package init(texts: [String]) { self = texts.map { FileLine($0) } + [FileLine("")] }

  /// The bytes of a file with these lines.
  package var file: [UInt8] { Array<UInt8>(map(\.bytes).joined(separator: [UInt8(ascii: "\n")])) }

  /// Adds a line at the end of the file, and LF behind it.
  package mutating func add(_ text: String) {
    if last?.bytes.isEmpty == true { removeLast() }
    self += [FileLine(text), FileLine("")]
  }
}
