import CLinux

/// Searches for text in bytes.
package enum ByteSearch {
  /// Returns the position of the text at or after `start`; nil if it is not there (memmem(3)).
  package static func position(of text: String, in bytes: [UInt8], from start: Int) -> Int? {
    var text = text
    let found = bytes.withUnsafeBytes { all in
      let rest = UnsafeRawBufferPointer(rebasing: all[start...])
      return text.withUTF8 { xfer_find(rest.baseAddress, rest.count, $0.baseAddress, $0.count) }
    }
    return found < 0 ? nil : start + found
  }
}
