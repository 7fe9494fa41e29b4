import Testing
import XferProtocol
import XferSystem

/// A session of the classic protocol.
@Suite("A classic session", .timeLimit(.minutes(2)))
struct ClassicSessionTests {
  private func header(_ name: String, size: UInt8) -> [UInt8] {
    let name = Array(name.utf8)
    let padding = [UInt8](repeating: 0, count: ClassicHeader.size - 4 - name.count)
    return name + padding + [size, 0, 0, 0]
  }

  @Test("It says ok to the header, and again when the recorder has published the file")
  func sessionSaysOkTwice() throws {
    let session = try RunningSession()
    try session.client.send(raw: header("a", size: 3))
    #expect(try session.client.bytes(2) == ClassicHeader.ok)
    try session.client.send(raw: [1, 2, 3])
    let recorder = try session.recorder()
    guard case .publish(let ticket, let transfer) = try recorder.request() else {
      Issue.record("the file is not handed over")
      return
    }
    #expect(transfer.size == 3 && transfer.wire == .classic)
    try recorder.send(.receipt(ticket: ticket, receipt(for: transfer)))
    #expect(try session.client.bytes(2) == ClassicHeader.ok)
    session.client.finish()
    #expect(session.end() == .done)
  }

  @Test("It says no to a file that is too large, after the failure is recorded")
  func sessionSaysNoToLargeFile() throws {
    let session = try RunningSession { $0.largestFile = 2 }
    try session.client.send(raw: header("a", size: 3))
    let recorder = try session.recorder()
    guard case .fail(let ticket, let failure) = try recorder.request() else {
      Issue.record("the failure is not recorded")
      return
    }
    #expect(failure.reason == .tooLarge)
    try recorder.send(.done(ticket: ticket))
    #expect(try session.client.bytes(2) == ClassicHeader.no)
    session.client.finish()
    #expect(session.end() == .peerFailed)
  }

  private func receipt(for transfer: SealedTransfer) -> Receipt {
    Receipt(
      id: transfer.id, name: transfer.name, size: transfer.size, digest: transfer.digest,
      startedAt: transfer.startedAt, publishedAt: .now, durability: .lazy, standing: .new)
  }
}
