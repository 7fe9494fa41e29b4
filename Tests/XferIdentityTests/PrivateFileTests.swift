import Testing
import XferSystem

@Suite("A list that programs change and people edit")
struct PrivateFileTests {
  let folder: TemporaryFolder
  let file: PrivateFile

  init() throws {
    folder = try TemporaryFolder()
    file = PrivateFile(try folder.directory(), "list")
  }

  @Test("A change keeps the bytes of the other lines, whatever their encoding and ends are")
  func otherLinesAreKept() throws {
    let bytes = Array("caf".utf8) + [0xe9, 0x0d, 0x0a, 0xff, 0x0a, 0x0a] + Array("no end".utf8)
    try folder.write(bytes, to: "list")
    try file.change { $0.add("new") }
    #expect(try folder.bytes("list") == bytes + Array("\nnew\n".utf8))
    try file.change { lines in lines.removeAll { $0.text == "new" } }
    #expect(try folder.bytes("list") == bytes + [0x0a])
  }

  @Test("A missing file has no bytes, and a change makes it for its owner alone")
  func missingFile() throws {
    #expect(try file.bytes() == [])
    try file.change { $0.add("first") }
    #expect(try folder.text("list") == "first\n")
    #expect(folder.mode(of: "list") == 0o600)
  }

  @Test(
    "A change that fails, or that changes nothing, leaves the very file", arguments: [true, false])
  func fileStays(fails: Bool) throws {
    struct Failed: Error {}
    try folder.write(Array("a\n".utf8), to: "list")
    let reader = try #require(try folder.directory().open("list"))
    defer { try? reader.close() }
    let changed: Void? = try? file.change { lines in
      if fails {
        lines.add("b")
        throw Failed()
      }
    }
    #expect((changed == nil) == fails)
    #expect(try folder.directory().status(of: "list")?.identity == reader.status().identity)
    #expect(try folder.text("list") == "a\n")
    #expect(try folder.names() == ["list"])
  }

  @Test("A file beyond its bound is not read, and is not replaced")
  func largeFile() throws {
    try folder.write(Array("12345".utf8), to: "list")
    let bounded = PrivateFile(try folder.directory(), "list", largest: 4)
    #expect(throws: SystemFailure.self) { try bounded.bytes() }
    #expect(throws: SystemFailure.self) { try bounded.change { $0.add("x") } }
    #expect(try folder.text("list") == "12345")
  }

  @Test("A program without patience does not wait for another one's change")
  func impatientChange() throws {
    let hasty = PrivateFile(try folder.directory(), "list", patience: .zero, saving: .lazy)
    try file.change { lines in
      #expect(throws: UnusableFile.self) { try hasty.change { $0.add("x") } }
      lines.add("y")
    }
    try hasty.change { $0.add("z") }
    #expect(try folder.text("list") == "y\nz\n")
  }

  @Test(
    "Changes by many threads at once are all kept", arguments: [PrivateFile.Saving.durable, .lazy])
  func changesAreExclusive(saving: PrivateFile.Saving) async throws {
    let folder = folder
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<25 {
            try PrivateFile(try folder.directory(), "list", saving: saving).change { $0.add("x") }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try folder.text("list") == String(repeating: "x\n", count: 200))
  }
}
