import FoundationEssentials
import Glibc
import Testing
import XferHistory
import XferProtocol
import XferStorage
import XferSystem

@testable import XferRecorder
@testable import XferSQLite

@Suite("A set is complete when the history has exactly the files of its sender")
struct SetTests {
  let rig: RecorderRig
  let queue: RequestQueue
  let session: SessionEnd
  let client = Client(address: "127.0.0.2")
  let set = SetReference(id: .random(), name: "nightly")

  init() throws {
    rig = try RecorderRig()
    queue = RequestQueue(rig.context, history: rig.store)
    session = try SessionEnd()
  }

  private func sealed(
    _ name: String, id: TransferID = .random(), in set: SetReference?
  ) throws -> SealedTransfer {
    let transfer = try rig.sealed(name, id: id, client: client)
    return SealedTransfer(
      id: id, name: transfer.name, size: transfer.size, client: client, wire: .native,
      startedAt: transfer.startedAt, digest: digest(name), isSynced: false, set: set)
  }

  /// A digest that depends on the name; the recorder does not read the content.
  private func digest(_ name: String) -> Digest {
    Digest(bytes: [UInt8](repeating: name.utf8.first ?? 0, count: Digest.size))!
  }

  @discardableResult
  private func ask(_ request: RecorderRequest) throws -> RecorderReply {
    try queue.handle(try session.send(request))
    while queue.sets.descriptor != nil {
      var poll = PollSet()
      if let descriptor = queue.sets.descriptor { _ = poll.add(descriptor, .read) }
      try poll.wait(milliseconds: 10_000)
      try queue.handle([])
    }
    return try #require(try session.replies().first)
  }

  private func totals(_ names: String..., directories: [String] = []) throws -> SetTotals {
    var sums = SetSums()
    let files = names.map { ($0, FileAttributes.Kind.file) }
    for (name, kind) in (files + directories.map { ($0, .directory) }).sorted(by: { $0.0 < $1.0 }) {
      let isFile = kind == .file
      sums.add(
        SetMember(
          name: try FileName(name), kind: kind, size: isFile ? UInt64(name.utf8.count) : 0,
          digest: isFile ? digest(name) : nil))
    }
    return sums.totals
  }

  private func complete(_ totals: SetTotals, ticket: UInt64 = 9) throws -> RecorderReply {
    try ask(
      .complete(ticket: ticket, SetCompletion(set: set, client: client, totals: totals)))
  }

  private func receipt(_ reply: RecorderReply) -> SetReceipt? {
    if case .completed(_, let receipt) = reply { receipt } else { nil }
  }

  private func entry() throws -> SetEntry? {
    try rig.store.openReader(patience: nil).set("nightly", of: nil)
  }

  @Test("A set with all of its files gets a receipt with their sums, each time it is claimed")
  func completeSetGetsReceipt() throws {
    for name in ["b", "a", "c"] { try ask(.publish(ticket: 1, sealed(name, in: set))) }
    let sums = try totals("a", "b", "c")
    let first = try #require(receipt(try complete(sums)))
    #expect(first.totals == sums && first.set == set && first.durability == .durable)
    #expect(receipt(try complete(sums)) == first)
    #expect(try entry()?.completedAt == first.completedAt)
    #expect(try entry()?.delivered == SetEntry.Count(files: 3, bytes: 3))
  }

  @Test("A claim with another file, size or number is refused, and the set stays incomplete")
  func wrongClaimIsRefused() throws {
    for name in ["a", "b"] { try ask(.publish(ticket: 1, sealed(name, in: set))) }
    for wrong in [try totals("a"), try totals("a", "c"), try totals("a", "b", "c")] {
      #expect(try complete(wrong).reason == .incomplete)
    }
    #expect(try entry()?.completedAt == nil)
    #expect(receipt(try complete(try totals("a", "b"))) != nil)
  }

  @Test("A set of which nothing has arrived is not complete")
  func unknownSetIsIncomplete() throws {
    #expect(try complete(try totals()).reason == .incomplete)
    #expect(try complete(try totals("a")).reason == .incomplete)
  }

  @Test("A file that was delivered before joins a later set by its repeated receipt")
  func repeatedFileJoinsSet() throws {
    let (one, other) = (TransferID.random(), TransferID.random())
    try ask(.publish(ticket: 1, sealed("a", id: one, in: nil)))
    try ask(.publish(ticket: 2, sealed("b", id: other, in: nil)))
    try ask(.find(ticket: 3, one, client: client, size: 1, set: set))
    try ask(.publish(ticket: 4, sealed("b", id: other, in: set)))
    let sums = try totals("a", "b")
    #expect(receipt(try complete(sums))?.totals == sums)
  }

  @Test("A file that was removed from the receiver joins no set by its old delivery")
  func removedFileJoinsNoSet() throws {
    let id = TransferID.random()
    try ask(.publish(ticket: 1, sealed("a", id: id, in: nil)))
    try FileManager.default.removeItem(atPath: rig.path + "/files/a")
    try ask(.find(ticket: 2, id, client: client, size: 1, set: set))
    #expect(try complete(try totals("a")).reason == .incomplete)
  }

  @Test("Another client's set of the same id is another set")
  func setBelongsToClient() throws {
    try ask(.publish(ticket: 1, sealed("a", in: set)))
    let other = SetCompletion(
      set: set, client: Client(address: "127.0.0.9"), totals: try totals("a"))
    #expect(try ask(.complete(ticket: 2, other)).reason == .incomplete)
  }

  @Test("No file joins a set that is complete")
  func completeSetIsFinal() throws {
    try ask(.publish(ticket: 1, sealed("a", in: set)))
    let sums = try totals("a")
    let first = try #require(receipt(try complete(sums)))
    try ask(.publish(ticket: 2, sealed("late", in: set)))
    #expect(receipt(try complete(sums)) == first)
    #expect(try complete(try totals("a", "late")).reason == .incomplete)
    var names: [String] = []
    let number = try #require(try entry()).number
    try rig.store.openReader(patience: nil).members(ofSet: number) { names.append($0.name.text) }
    #expect(names == ["a"])
  }

  @Test("Sums that were begun before a file joined are not used")
  func changedSetIsNotCompletedWithOldSums() throws {
    try ask(.publish(ticket: 1, sealed("a", in: set)))
    let claim = SetCompletion(set: set, client: client, totals: try totals("a"))
    try queue.handle(
      try session.send(
        .complete(ticket: 2, claim), .publish(ticket: 3, sealed("b", in: set))))
    let replies = try session.replies() + [try? ask(.check(ticket: 4))].compactMap { $0 }
    #expect(!replies.contains { receipt($0) != nil })
    #expect(try entry()?.completedAt == nil)
  }

  @Test("An incomplete set names the files that were announced and did not come, and why")
  func missingFilesAreNamed() throws {
    let files = try ["a", "b", "c", "d/e"].map {
      Announcement.File(name: try FileName($0), size: 1)
    }
    for part in 0..<2 {
      let list = Announcement(part: UInt32(part), files: Array(files[(part * 2)..<(part * 2 + 2)]))
      let announced = AnnouncedPart(set: set, client: client, part: list, prefix: nil)
      for _ in 0..<2 { try ask(.announce(ticket: 1, announced)) }
    }
    try ask(.publish(ticket: 2, sealed("a", in: set)))
    try ask(
      .fail(
        ticket: 3,
        FailedTransfer(
          id: .random(), name: "c", size: 1, client: client, wire: .native, startedAt: .now,
          reason: .tooLarge, detail: "it is too large", set: set)))
    var missing: [String: String] = [:]
    let entry = try #require(try entry())
    #expect(entry.announced == SetEntry.Count(files: 4, bytes: 4))
    #expect(entry.delivered == SetEntry.Count(files: 1, bytes: 1))
    try rig.store.openReader(patience: nil).missing(ofSet: entry.number) {
      missing[$0.name.text] = $0.missing
    }
    #expect(
      missing == [
        "b": "it was not offered", "c": "it is too large (too_large)",
        "d/e": "it was not offered",
      ])
  }

  @Test("The files of a client's set are listed below its directory")
  func announcedFilesAreBelowPrefix() throws {
    let list = Announcement(part: 0, files: [.init(name: try FileName("a"), size: 1)])
    let prefix = try FileName("cams/7")
    try ask(
      .announce(
        ticket: 1, AnnouncedPart(set: set, client: client, part: list, prefix: prefix)))
    var names: [String] = []
    let number = try #require(try entry()).number
    try rig.store.openReader(patience: nil).missing(ofSet: number) { names.append($0.name.text) }
    #expect(names == ["cams/7/a"])
  }

  @Test("Of the sets of one client that never became complete, the newest thousand are kept")
  func openSetsAreBounded() throws {
    let list = Announcement(part: 0, files: [.init(name: try FileName("a"), size: 1)])
    for number in 0..<1005 {
      let set = SetReference(id: .random(), name: "\(number)")
      try rig.history.announce(
        AnnouncedPart(set: set, client: client, part: list, prefix: nil))
    }
    var names: [String] = []
    try rig.store.openReader(patience: nil).sets(SetFilter(status: .incomplete)) {
      names.append($0.set.name)
    }
    #expect(names.count == 1000 && names.first == "1004" && names.last == "5")
  }

  @Test("A recorder that starts again knows the set")
  func setSurvivesRecorder() throws {
    try ask(.publish(ticket: 1, sealed("a", in: set)))
    let next = RequestQueue(rig.context, history: rig.store)
    let sums = try totals("a")
    try next.handle(
      try session.send(
        .complete(ticket: 2, SetCompletion(set: set, client: client, totals: sums))))
    var poll = PollSet()
    _ = poll.add(try #require(next.sets.descriptor), .read)
    try poll.wait(milliseconds: 10_000)
    try next.handle([])
    #expect(try session.replies().compactMap { receipt($0) }.first?.totals == sums)
  }

  @Test("The numbers of complete sets only grow, also after old sets were pruned")
  func numbersOnlyGrow() throws {
    try ask(.publish(ticket: 1, sealed("a", in: set)))
    _ = try complete(try totals("a"))
    try ask(.publish(ticket: 2, sealed("b", in: nil)))
    let later = Timestamp(microseconds: Timestamp.now.microseconds + 1_000_000)
    #expect(try rig.context.history.prune(PruneLimits(before: later), atMost: 100) == 1)
    let next = SetReference(id: .random(), name: "next")
    try ask(.publish(ticket: 3, sealed("c", in: next)))
    let claim = SetCompletion(set: next, client: client, totals: try totals("c"))
    #expect(receipt(try ask(.complete(ticket: 4, claim))) != nil)
    let events = try rig.store.openReader(patience: nil).events(.set, after: 1, limit: 9)
    #expect(events.events.map(\.item) == [2])
  }

  @Test("Announced sizes beyond any disk do not keep a set from being listed")
  func hugeSizesAreListed() throws {
    for part in 0...1 {
      let file = Announcement.File(name: try FileName("f"), size: .max)
      let announced = AnnouncedPart(
        set: set, client: client, part: Announcement(part: UInt32(part), files: [file]), prefix: nil
      )
      try ask(.announce(ticket: 1, announced))
    }
    #expect(try entry()?.announced?.files == 2)
  }
}
