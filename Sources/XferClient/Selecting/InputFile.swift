import SystemPackage
import XferSystem

/// A file of names or patterns that the user gives to a run: a file, a pipe, or `-` for standard
/// input.
package enum InputFile {
  /// The largest input, in bytes: some million names.
  private static let largest = 1 << 30
  private static let block = 64 << 10

  /// Returns the lines of a file in the form of `PathText`. Throws if it cannot be read.
  package static func lines(of path: String) throws -> [String] {
    try content(of: path).split(separator: 0x0a, omittingEmptySubsequences: false).map {
      PathText.text($0)
    }
  }

  /// Returns the whole content. Throws if it cannot be read.
  static func content(of path: String) throws -> [UInt8] {
    guard path != "-" else { return try content(of: .standardInput, "standard input") }
    let file = try FileDescriptor.reading(path: path)
    defer { try? file.close() }
    return try content(of: file, "\"\(PathText.shown(path))\"")
  }

  private static func content(of file: FileDescriptor, _ shown: String) throws -> [UInt8] {
    var content: [UInt8] = []
    var block = [UInt8](repeating: 0, count: block)
    do {
      while content.count <= largest {
        let count = try block.withUnsafeMutableBytes { try file.read(into: $0) }
        if count == 0 { return content }
        content += block[..<count]
      }
    } catch let error as Errno {
      throw SystemFailure("read \(shown)", error)
    }
    throw SystemFailure("read \(shown)", .fileTooLarge)
  }
}
