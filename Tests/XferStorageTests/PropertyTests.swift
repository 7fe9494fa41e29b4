import Glibc
import SystemPackage
import Testing
import XferProtocol
import XferSystem

@testable import XferStorage

@Suite("Directories, links and properties of files")
struct PropertyTests {
  let directory: TemporaryData
  let published: PublishedFiles

  init() throws {
    directory = try TemporaryData()
    published = PublishedFiles(directory.data)
  }

  private func status(_ name: String) throws -> FileStatus? {
    try directory.data.files.status(of: name)
  }

  private func make(_ properties: FileAttributes, as name: String) throws {
    let names = published.newNames()
    defer { names.close() }
    try names.make(properties, as: FileName(name))
    try names.sync()
  }

  private func publish(mode: UInt32?, modified: Int64?) throws {
    let id = TransferID.random()
    let file = try #require(try IncomingFile(id, size: 3, in: directory.data.incoming))
    try file.append([1, 2, 3])
    if let modified { try file.setModified(modified) }
    _ = try file.seal(sync: true)
    let held = try SealedFiles(directory.data, .trusted).hold(id, size: 3)
    defer { held.release() }
    let names = published.newNames()
    defer { names.close() }
    try names.publish(held, as: FileName("f"), mode: mode)
  }

  @Test(
    "A file gets its permission bits, without setuid, setgid and sticky, and can always be read",
    arguments: [
      (0o644, 0o644), (0o755, 0o755), (0o600, 0o600), (0o7777, 0o777), (0o4755, 0o755),
      (0o000, 0o400), (0o444, 0o444),
    ] as [(UInt32, UInt32)])
  func fileGetsItsMode(_ sent: UInt32, _ kept: UInt32) throws {
    try publish(mode: sent, modified: nil)
    #expect(try status("f")?.mode == kept)
    #expect(directory.content(of: "files/f") == [1, 2, 3])
  }

  @Test("A file without permission bits gets those of the umask")
  func fileWithoutModeGetsUmask() throws {
    let mask = umask(0o022)
    umask(mask)
    try publish(mode: nil, modified: nil)
    #expect(try status("f")?.mode == 0o666 & ~mask)
  }

  @Test(
    "A file gets its time to the nanosecond",
    arguments: [0, 1, 1_793_352_291_123_456_789, -1, -1_500_000_000] as [Int64])
  func fileGetsItsTime(_ time: Int64) throws {
    try publish(mode: nil, modified: time)
    #expect(try status("f")?.modified == time)
  }

  @Test("A directory is made with its mode and its time, and with the directories above it")
  func directoryIsMade() throws {
    try make(
      FileAttributes(kind: .directory, mode: 0o3051, modified: 1_000_000_001), as: "a/b/c")
    let made = try #require(try status("a/b/c"))
    #expect(made.isDirectory && made.mode == 0o751 && made.modified == 1_000_000_001)
    #expect(try published.kind(of: FileName("a/b")) == .directory)
  }

  @Test("A directory that exists keeps its files and gets the new properties")
  func existingDirectoryIsChanged() throws {
    try directory.publish([1], as: "a/f")
    try make(FileAttributes(kind: .directory, mode: 0o700, modified: 7), as: "a")
    #expect(try status("a")?.mode == 0o700)
    #expect(try status("a")?.modified == 7)
    #expect(directory.content(of: "files/a/f") == [1])
  }

  @Test(
    "A link has its target and its time, and is not followed",
    arguments: ["f", "../../outside", "/etc/passwd", "nowhere", "a\u{ef0a}\u{efff}b"])
  func linkIsMade(_ target: String) throws {
    try directory.publish([1], as: "f")
    let link = FileAttributes(kind: .link(target: target), mode: 0o777, modified: 5_000_000_001)
    try make(link, as: "d/link")
    #expect(try published.kind(of: FileName("d/link")) == .link(target: target))
    #expect(try status("d/link")?.modified == 5_000_000_001)
    #expect(try published.size(of: FileName("d/link")) == nil)
    #expect(try directory.obstacle(to: "d/link/below")?.reason == .exists)
    try make(link, as: "d/link")
  }

  @Test("A directory or a link does not replace anything else")
  func entryReplacesNothing() throws {
    try directory.publish([1], as: "f")
    try make(FileAttributes(kind: .directory), as: "d")
    try make(FileAttributes(kind: .link(target: "f")), as: "l")
    let kinds: [FileAttributes.Kind] = [.directory, .link(target: "x")]
    for name in ["f", "d", "l"] {
      for kind in kinds where !(name == "d" && kind == .directory) {
        let refusal = #expect(throws: Refusal.self, "\(name) \(kind)") {
          try make(FileAttributes(kind: kind), as: name)
        }
        #expect(refusal?.reason == .exists)
        #expect(
          try published.obstacle(to: FileName(name), as: FileAttributes(kind: kind)) != nil)
      }
    }
    #expect(try published.kind(of: FileName("l")) == .link(target: "f"))
  }

  @Test("A directory is as delivered as long as it has its mode and its time")
  func directoryIsComparedWithItsProperties() throws {
    let properties = FileAttributes(kind: .directory, mode: 0o755, modified: 9)
    try make(properties, as: "d")
    #expect(try published.has(properties, as: FileName("d")))
    try directory.publish([1], as: "d/f")
    #expect(try !published.has(properties, as: FileName("d")))
    #expect(try published.has(FileAttributes(kind: .directory), as: FileName("d")))
  }

  @Test("A file with a mode that forbids writing is published after a crash before its rename")
  func unwritableFileIsHeldAgain() throws {
    let id = try directory.sealed([1, 2, 3])
    try directory.data.incoming.setMode(0o400, of: id.description)
    let held = try SealedFiles(directory.data, .trusted).hold(id, size: 3)
    held.release()
  }
}
