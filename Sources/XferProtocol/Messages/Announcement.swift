/// A part of the list of the files that a sender will offer, so that the receiver can say what is
/// missing if the set stays incomplete. The parts of a set are numbered from 0; a part that comes
/// again replaces the former one.
package struct Announcement: Equatable, Sendable {
  /// A file of the list.
  package struct File: Equatable, Sendable {
    /// The name, as the sender offers it.
    package let name: FileName
    /// Bytes.
    package let size: UInt64

    /// Creates a file of the list.
    package init(name: FileName, size: UInt64) {
      self.name = name
      self.size = size
    }

    /// The bytes that the file takes in the message.
    var length: Int { 10 + name.bytes.count }
  }

  /// The maximum number of bytes of files in one part. The recorder gets it with the set and the
  /// client.
  package static let largest = WireLimits.payload - 2048

  /// The number of parts that a receiver keeps of one set.
  package static let mostParts = 1 << 16

  /// The number of the part.
  package let part: UInt32
  /// The files. A name that breaks the rules is not among them.
  package let files: [File]

  /// Creates a part. The files take at most `largest` bytes.
  package init(part: UInt32, files: [File]) {
    self.part = part
    self.files = files
  }

  /// Divides a list into parts.
  package static func parts(of files: some Sequence<File>) -> [Announcement] {
    var parts: [Announcement] = []
    var (gathered, length): ([File], Int) = ([], 0)
    for file in files {
      if length + file.length > largest {
        parts.append(Announcement(part: UInt32(parts.count), files: gathered))
        (gathered, length) = ([], 0)
      }
      gathered.append(file)
      length += file.length
    }
    if !gathered.isEmpty { parts.append(Announcement(part: UInt32(parts.count), files: gathered)) }
    return parts
  }

  /// True if a receiver keeps the part. The recorder could not read a longer one.
  package var isInBounds: Bool {
    !files.isEmpty && part < Announcement.mostParts
      && files.reduce(0) { $0 + $1.length } <= Announcement.largest
  }

  func encode(into writer: inout WireWriter) {
    writer.write(part)
    writer.write(raw: list)
  }

  /// The files as bytes, as the history keeps them.
  package var list: [UInt8] {
    var writer = WireWriter()
    for file in files {
      writer.write(file.size)
      writer.write(file.name)
    }
    return writer.bytes
  }

  /// Reads files from bytes that the history has kept. Returns those before the first error.
  package static func files(_ list: [UInt8]) -> [File] {
    list.withUnsafeBytes { bytes in
      var reader = WireReader(bytes)
      return (try? read(from: &reader)) ?? []
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    part = try reader.uint32()
    files = try Announcement.read(from: &reader)
  }

  private static func read(from reader: inout WireReader) throws(WireError) -> [File] {
    var files: [File] = []
    while !reader.isAtEnd {
      let (size, name) = (try reader.uint64(), try reader.textBytes())
      if let name = try? FileName(bytes: name) { files.append(File(name: name, size: size)) }
    }
    return files
  }
}
