import Testing

@testable import XferMetrics

@Suite("The partial files of each client are bounded")
struct PartialSharesTests {
  private let shares: PartialShares
  private let limits = PartialShares.Limits(files: 2, bytes: 100)

  init() throws { shares = try Scoreboard(sessions: 1).partials }

  @Test("A client has as many partial files as the limit allows")
  func filesAreBounded() {
    #expect(add("127.0.0.2", bytes: 1))
    #expect(add("127.0.0.2", bytes: 1))
    #expect(!add("127.0.0.2", bytes: 1))
  }

  @Test("A client has as many bytes in partial files as the limit allows")
  func bytesAreBounded() {
    #expect(add("127.0.0.2", bytes: 60))
    #expect(!add("127.0.0.2", bytes: 41))
    #expect(add("127.0.0.2", bytes: 40))
  }

  @Test("A file that is refused is not counted")
  func refusedFileIsNotCounted() {
    for _ in 0..<10 { #expect(!add("127.0.0.2", bytes: 101)) }
    #expect(add("127.0.0.2", bytes: 100))
  }

  @Test("The limit of one client leaves another one its own")
  func clientsAreSeparate() {
    #expect(add("127.0.0.2", bytes: 100))
    #expect(!add("127.0.0.2", bytes: 1))
    #expect(add("127.0.0.3", bytes: 100))
  }

  @Test("A partial file that is resumed gives its share back")
  func removedFileFreesItsShare() {
    #expect(add("127.0.0.2", bytes: 100))
    shares.remove("127.0.0.2", bytes: 100)
    #expect(add("127.0.0.2", bytes: 50))
    #expect(add("127.0.0.2", bytes: 50))
  }

  @Test("New counts replace those of all clients")
  func setReplacesAllCounts() {
    #expect(add("127.0.0.2", bytes: 100))
    shares.set([(owner: "127.0.0.3", files: 1, bytes: 10)])
    #expect(add("127.0.0.2", bytes: 100))
    #expect(!add("127.0.0.3", bytes: 91))
    #expect(add("127.0.0.3", bytes: 90))
    #expect(!add("127.0.0.3", bytes: 0))
  }

  @Test("New counts of one client are added up")
  func setAddsUpSharesOfClient() {
    shares.set([
      (owner: "127.0.0.2", files: 1, bytes: 30), (owner: "127.0.0.2", files: 0, bytes: 30),
    ])
    #expect(!add("127.0.0.2", bytes: 41))
    #expect(add("127.0.0.2", bytes: 40))
  }

  @Test("New counts without a client leave no counts")
  func emptySetLeavesNoCounts() {
    #expect(add("127.0.0.2", bytes: 100))
    shares.set([])
    #expect(add("127.0.0.2", bytes: 100))
  }

  private func add(_ owner: String, bytes: Int64) -> Bool {
    shares.add(owner, bytes: bytes, limits: limits)
  }
}
