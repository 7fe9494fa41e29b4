import FoundationEssentials
import Glibc
import Testing
import XferSystem

@testable import XferTokens

@Suite("The file of tokens holds hashes, one token a line, and may be edited by hand")
final class TokenFileTests {
  private let path = "/tmp/xfer-tokens-\(UUID().uuidString)"
  private let file: TokenFile
  private let now = Timestamp(microseconds: 1_800_000_000_000_000)

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    file = TokenFile(directory: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private var tokens: String { path + "/tokens" }

  private func text() throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: tokens)), as: UTF8.self)
  }

  private func edit(_ change: (String) -> String) throws {
    try Data(change(try text()).utf8).write(to: URL(filePath: tokens))
  }

  @Test("A token is found by its text and not by another one")
  func tokenIsFound() throws {
    let token = try file.add("a", ttl: nil, now: now)
    let list = try file.read()
    #expect(list.find(token.text, now: now)?.name == "a")
    for wrong in [
      "", "a", token.text + "0", String(token.text.dropLast()), token.text.uppercased(),
    ] {
      #expect(list.find(wrong, now: now) == nil, "\(wrong)")
    }
  }

  @Test("The file does not contain the token, and only its owner may read it")
  func fileHasNoToken() throws {
    let token = try file.add("a", ttl: nil, now: now)
    #expect(try !text().contains(token.text.suffix(64)))
    #expect(try FileStatus.of(path: tokens)?.mode == 0o600)
  }

  @Test("A token expires at its time")
  func tokenExpires() throws {
    let token = try file.add("a", ttl: .seconds(10), now: now)
    let list = try file.read()
    func later(_ seconds: Int64) -> Timestamp {
      Timestamp(microseconds: now.microseconds + seconds * 1_000_000)
    }
    #expect(list.find(token.text, now: later(9)) != nil)
    #expect(list.find(token.text, now: later(10)) == nil)
  }

  @Test("A removed token is not found, and others are")
  func removedTokenIsNotFound() throws {
    let (first, second) = (try file.add("a", ttl: nil), try file.add("b", ttl: nil))
    try file.remove("a")
    let list = try file.read()
    #expect(list.find(first.text, now: .now) == nil && list.find(second.text, now: .now) != nil)
    #expect(throws: TokenFile.Unusable.self) { try file.remove("a") }
  }

  @Test("A name has one token")
  func nameHasOneToken() throws {
    _ = try file.add("a", ttl: nil)
    #expect(throws: TokenFile.Unusable.self) { try file.add("a", ttl: nil) }
  }

  @Test("Comments and lines that are not valid are kept, ignored and named")
  func foreignLinesAreKept() throws {
    let token = try file.add("a", ttl: nil)
    try edit { "# mine\n\nnot a token\n" + $0 + "b 00 x never\n" }
    _ = try file.add("c", ttl: nil)
    let list = try file.read()
    #expect(try text().hasPrefix("# mine\n\nnot a token\n"))
    #expect(list.invalidLines == [3, 6])
    #expect(list.entries.map(\.name) == ["a", "c"] && list.find(token.text, now: .now) != nil)
  }

  @Test("Each change gives the file another version, and so does an edit in place")
  func changeIsNoticed() throws {
    var seen: Set<TokenFileVersion?> = [try file.version()]
    _ = try file.add("a", ttl: nil)
    seen.insert(try file.version())
    try edit { $0.replacing("a ", with: "b ") }
    seen.insert(try file.version())
    try file.remove("b")
    seen.insert(try file.version())
    #expect(seen.count == 4)
  }

  @Test("A file that other users can write is refused with the remedy")
  func writableFileIsRefused() throws {
    _ = try file.add("a", ttl: nil)
    chmod(tokens, 0o620)
    let failure = #expect(throws: TokenFile.Unusable.self) { try file.read() }
    #expect(failure?.description.contains("chmod 600") == true)
  }
}
