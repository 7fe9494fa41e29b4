import FoundationEssentials
import Testing
import XferProtocol
import XferSystem

@testable import XferRecorder

@Suite("A client delivers no more bytes than its quota")
struct QuotaTests {
  private let rig: RecorderRig
  private let session: SessionEnd
  private let queue: RequestQueue
  private let client = Client(address: "127.0.0.2", name: "cam7")

  init() throws {
    rig = try RecorderRig()
    session = try SessionEnd()
    queue = RequestQueue(rig.context, history: rig.store)
    try Data("cam7 - quota=10\n".utf8).write(to: URL(filePath: rig.path + "/clients"))
  }

  /// Hands over one file for each name, the size of which is the length of its name, in one turn.
  /// Returns the reasons of the refusals; nil for a receipt.
  private func deliver(_ names: String...) throws -> [Reason?] {
    var requests: [SessionRequest] = []
    for (index, name) in names.enumerated() {
      requests += try session.send(
        .publish(ticket: UInt64(index), rig.sealed(name, client: client)))
    }
    try queue.handle(requests)
    return try session.replies().sorted { $0.ticket < $1.ticket }.map(\.reason)
  }

  @Test("Files that arrive together do not exceed it together")
  func groupDoesNotExceedQuota() throws {
    #expect(try deliver("aaaa", "bbbb", "cccc", "dd", "e") == [nil, nil, .quota, nil, .quota])
    #expect(try rig.published() == ["aaaa", "bbbb", "dd"])
    #expect(try rig.incoming() == [])
  }

  @Test("A file that fails leaves its bytes to the next one")
  func failedFileTakesNothing() throws {
    try rig.write("of another program", to: "aaaaaaaa")
    #expect(try deliver("aaaaaaaa", "bbbbbbbbb") == [.exists, nil])
    #expect(try deliver("cc", "d") == [.quota, nil])
  }

  @Test("A file that was delivered before takes nothing of it, and has its receipt")
  func redeliveryTakesNothing() throws {
    let transfer = try rig.sealed("aaaaaaaa", client: client)
    let again = try session.send(.publish(ticket: 1, transfer))
    try queue.handle(again)
    #expect(try session.replies().map(\.reason) == [nil])
    let other = try session.send(.publish(ticket: 2, rig.sealed("bb", client: client)))
    try queue.handle(again + other)
    #expect(try session.replies().map(\.reason) == [nil, nil])
  }
}
