import Glibc
import Testing
import XferProtocol

@testable import XferMetrics

@Suite("A session shows its figures in a slot of its own")
struct SessionSlotTests {
  private let board: Scoreboard
  private let id = TransferID(high: 1, low: 2)

  init() throws { board = try Scoreboard(sessions: 3) }

  @Test("A slot is free until the pid of its session is shown")
  func slotIsFreeUntilShown() {
    let slot = board.session(1)
    #expect(slot.pid == 0)
    slot.claim(address: "127.0.0.2", now: 7)
    #expect(slot.pid == 0)
    slot.show(pid: 42)
    #expect(slot.pid == 42)
    #expect(board.session(pid: 42)?.address == "127.0.0.2")
    slot.clear()
    #expect(slot.pid == 0)
    #expect(board.session(pid: 42) == nil)
  }

  @Test("A claim sets the client and the start, and resets all figures")
  func claimResetsFigures() {
    let slot = board.session(0)
    slot.claim(address: "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", now: 1)
    slot.count(bytes: 10)
    slot.countTransfer()
    slot.reserve(100)
    slot.verify((id: id, progress: Progress(done: 1, total: 2)))
    slot.claim(address: "::1", now: 2)
    #expect(slot.address == "::1")
    #expect(slot.startedAt == 2)
    #expect(slot.bytes == 0 && slot.transfers == 0 && slot.reserved == 0)
    #expect(slot.verification == nil)
    #expect(slot.verification(of: id) == nil)
  }

  @Test("A slot adds up content and transfers, and keeps the last activity")
  func slotAddsUpFigures() {
    let slot = board.session(0)
    slot.claim(address: "::1", now: 1)
    slot.count(bytes: 10)
    slot.count(bytes: 5)
    slot.countTransfer()
    slot.noteActivity(at: 8)
    slot.noteActivity(at: 9)
    #expect(slot.bytes == 15)
    #expect(slot.transfers == 1)
    #expect(slot.lastActivity == 9)
  }

  @Test("An address of more than 47 bytes is cut")
  func longAddressIsCut() {
    let slot = board.session(0)
    slot.claim(address: String(repeating: "a", count: 100), now: 1)
    #expect(slot.address == String(repeating: "a", count: 47))
    #expect(slot.verification == nil)
  }

  @Test("A slot shows the name of its client once it is identified, and no former client's")
  func slotShowsName() {
    let slot = board.session(1)
    slot.claim(address: "10.0.0.5", now: 1)
    #expect(slot.client == Client(address: "10.0.0.5"))
    slot.identify(String(repeating: "n", count: 64))
    #expect(slot.client.name == String(repeating: "n", count: 64))
    #expect(slot.client.address == "10.0.0.5")
    #expect(board.session(2).client == Client(address: ""))
    slot.claim(address: "10.0.0.6", now: 2)
    #expect(slot.client == Client(address: "10.0.0.6"))
  }

  @Test("A length of a name beyond its space does not lead outside of the slot")
  func lengthOfNameIsBounded() {
    let slot = board.session(0)
    slot.claim(address: "10.0.0.5", now: 1)
    slot.identify("cam-7")
    for length in [Int64.max, .min, 65] {
      (slot.start + 16 * 8).storeBytes(of: length, as: Int64.self)
      #expect(slot.client.name?.utf8.count ?? 0 <= 64)
    }
  }

  @Test("The progress of a verification is shown for its file alone, until it ends")
  func verificationBelongsToFile() {
    let slot = board.session(0)
    let progress = Progress(done: 1, total: 2)
    slot.verify((id: id, progress: progress))
    #expect(slot.verification == progress)
    #expect(slot.verification(of: id) == progress)
    #expect(slot.verification(of: TransferID(high: 2, low: 2)) == nil)
    slot.verify(nil)
    #expect(slot.verification == nil)
    #expect(slot.verification(of: id) == nil)
  }

  @Test("The slots of two sessions share no figures")
  func slotsDoNotOverlap() {
    for index in 0..<board.sessionCapacity {
      let slot = board.session(index)
      slot.claim(address: "127.0.0.\(index)", now: Int64(index))
      slot.count(bytes: 100 + index)
      slot.show(pid: pid_t(1000 + index))
    }
    for index in 0..<board.sessionCapacity {
      let slot = board.session(index)
      #expect(slot.address == "127.0.0.\(index)")
      #expect(slot.startedAt == Int64(index))
      #expect(slot.bytes == Int64(100 + index))
      #expect(slot.pid == pid_t(1000 + index))
    }
  }

  @Test("The reserved disk space is that of all live sessions together")
  func reservationsAreOfLiveSessions() {
    for index in 0..<3 { board.session(index).reserve(Int64(10 << index)) }
    #expect(board.reservedBytes == 0)
    board.session(0).show(pid: 1)
    board.session(2).show(pid: 2)
    #expect(board.reservedBytes == 50)
    board.session(2).clear()
    #expect(board.reservedBytes == 10)
  }
}
