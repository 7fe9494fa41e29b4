import Glibc
import Testing
import XferIdentity
import XferSystem

@Suite("A directory of lists and keys")
struct PrivateDirectoryTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A new directory is for its owner alone, and so is a secret file, whatever the umask is")
  func modes() throws {
    let directory = try PrivateDirectory(creating: folder.path + "/identity")
    #expect(folder.mode(of: "identity") == 0o700)
    #expect(try directory.create("key", text: "x", mode: 0o600))
    try directory.replace("list", by: Array("x".utf8), mode: 0o600)
    try directory.replaceLazily("lazy", by: Array("x".utf8), mode: 0o600)
    try directory.exclusively("list") {}
    for name in ["key", "list", "lazy", ".list.lock"] {
      #expect(folder.mode(of: "identity/\(name)") == 0o600, "\(name)")
    }
  }

  @Test("A file is created once, and the second text is not taken")
  func createDoesNotReplace() throws {
    let directory = try folder.directory()
    #expect(try directory.create("a", text: "first", mode: 0o600))
    #expect(try !directory.create("a", text: "second", mode: 0o600))
    #expect(try directory.text(of: "a") == "first")
    #expect(try folder.names() == ["a"])
  }

  @Test("A file is replaced as a whole, and nothing else is left behind")
  func replace() throws {
    let directory = try folder.directory()
    for text in ["a long first text", "b", ""] {
      try directory.replace("list", by: Array(text.utf8), mode: 0o600)
      #expect(try directory.text(of: "list") == text)
      try directory.replaceLazily("lazy", by: Array(text.utf8), mode: 0o600)
      #expect(try directory.text(of: "lazy") == text)
    }
    #expect(try folder.names() == ["list", "lazy"])
  }

  @Test("An open file keeps the former text, so that a reader never sees a part of the new one")
  func readerSeesOneText() throws {
    let directory = try folder.directory()
    try directory.replace("list", by: Array("former".utf8), mode: 0o600)
    let reader = try #require(try directory.open("list"))
    defer { try? reader.close() }
    try directory.replace("list", by: Array("new".utf8), mode: 0o600)
    #expect(try reader.content(atMost: 100) == Array("former".utf8))
  }

  @Test("A missing file is nil, and one that is not UTF-8 is an error with its path")
  func unusableText() throws {
    let directory = try folder.directory()
    #expect(try directory.text(of: "none") == nil)
    let file = try #require(fopen(folder.path + "/list", "w"))
    putc(0xff, file)
    fclose(file)
    let error = #expect(throws: UnusableFile.self) { try directory.text(of: "list") }
    #expect(error?.description == "\(folder.path)/list: it is not text in UTF-8")
  }

  @Test("A link in the place of a file is not followed")
  func linkIsNotFollowed() throws {
    let directory = try folder.directory()
    symlink("/etc/passwd", folder.path + "/list")
    #expect(throws: (any Error).self) { try directory.text(of: "list") }
    try directory.replace("list", by: Array("own".utf8), mode: 0o600)
    #expect(try directory.text(of: "list") == "own")
  }
}
