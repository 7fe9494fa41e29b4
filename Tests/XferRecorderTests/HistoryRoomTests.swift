import Testing
import XferProtocol

@testable import XferRecorder

@Suite("Rows of failures on a disk that is close to its reserve")
struct HistoryRoomTests {
  @Test("They are answered, but not recorded")
  func failuresAreAnsweredWithoutRow() throws {
    let rig = try RecorderRig(reserve: .max / 2)
    let session = try SessionEnd()
    let queue = RequestQueue(rig.context, history: rig.store)
    try queue.handle(try session.send(.fail(ticket: 1, rig.failed("f"))))
    #expect(try session.replies() == [.done(ticket: 1)])
    #expect(try rig.rows() == [])
  }

  @Test("Files are still delivered")
  func filesAreDelivered() throws {
    let rig = try RecorderRig(reserve: .max / 2)
    let session = try SessionEnd()
    let queue = RequestQueue(rig.context, history: rig.store)
    try queue.handle(try session.send(.publish(ticket: 1, rig.sealed("a"))))
    #expect(try session.replies().first?.receipt?.name.text == "a")
  }
}
