import FoundationEssentials
import Testing
import XferIdentity
import XferMetrics
import XferProtocol
import XferStorage
import XferSystem

@testable import XferSession

@Suite("A session shows its client")
final class SessionContextTests {
  private let data: DataDirectory
  private let board: Scoreboard

  init() throws {
    data = try DataDirectory(
      path: FileManager.default.temporaryDirectory.path + "/xfer-context-\(TransferID.random())")
    board = try Scoreboard(sessions: 1)
    board.session(0).claim(address: "10.0.0.5", now: 1)
  }

  deinit {
    data.incoming.close()
    data.files.close()
    try? FileManager.default.removeItem(atPath: data.path)
  }

  private func context() throws -> SessionContext {
    let options = SessionOptions(
      data: data, published: PublishedFiles(data), durability: .lazy)
    return SessionContext(
      client: Client(address: "10.0.0.5"), rights: .unlimited, options: options, board: board,
      slot: board.session(0), recorder: RecorderChannel(try LocalListener()),
      answers: AnswersChannel(try LocalListener()),
      ending: StopSignal(board: board, slot: board.session(0), signals: try SignalInbox([])))
  }

  @Test("The lines of a session have the address of a client that is not identified")
  func linesHaveAddress() throws {
    let context = try context()
    #expect(context.log[metadataKey: "client"] == "10.0.0.5")
    #expect(context.log[metadataKey: "address"] == nil)
    #expect(context.slot.client == Client(address: "10.0.0.5"))
  }

  @Test("The lines and the slot of a session have the name of an identified client")
  func linesHaveName() throws {
    var context = try context()
    context.identify("cam-7", rights: Rights())
    #expect(context.client == Client(address: "10.0.0.5", name: "cam-7"))
    #expect(context.log[metadataKey: "client"] == "cam-7")
    #expect(context.log[metadataKey: "address"] == "10.0.0.5")
    #expect(context.slot.client == context.client)
  }
}
