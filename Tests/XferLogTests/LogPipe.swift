import SystemPackage

@testable import XferLog

/// A log that writes to a pipe, and the end of the pipe that a test reads. Neither end blocks.
final class LogPipe {
  let output: LogOutput
  private let reader: FileDescriptor
  private let writer: FileDescriptor

  init() throws {
    (reader, writer) = try FileDescriptor.pipe(options: [.nonBlocking, .closeOnExec])
    output = LogOutput(descriptor: writer.rawValue)
  }

  deinit {
    try? reader.close()
    try? writer.close()
  }

  /// Logs a line.
  func write(_ line: String) { output.write(Array((line + "\n").utf8)) }

  /// Returns everything that the pipe holds, and empties it.
  func read() throws -> String {
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    do {
      while true {
        let count = try block.withUnsafeMutableBytes { try reader.read(into: $0) }
        all += block.prefix(count)
      }
    } catch Errno.wouldBlock {
      return String(decoding: all, as: UTF8.self)
    }
  }

  /// Fills the pipe, so that no line has space in it.
  func fill() throws {
    do {
      while true { _ = try writer.writeAll([UInt8](repeating: 0x2e, count: 4096)) }
    } catch Errno.wouldBlock {}
  }
}
