import FoundationEssentials
import Testing
import XferProtocol

@testable import XferClient

@Suite("The id of a transfer follows from the file")
struct TransferIDTests {
  private let files: TemporaryFiles

  init() throws { files = try TemporaryFiles() }

  @Test("The same unchanged file has the same id again")
  func unchangedFileHasSameID() throws {
    try files.write("abc", to: "a")
    #expect(try id(of: "a") == id(of: "a"))
  }

  @Test("A file whose length has changed has another id")
  func changedLengthChangesID() throws {
    try files.write("abc", to: "a")
    let before = try id(of: "a")
    try files.write("abcd", to: "a")
    #expect(try id(of: "a") != before)
  }

  @Test("A file of the same length that was written at another time has another id")
  func changedTimeChangesID() throws {
    let path = try files.write("abc", to: "a")
    let before = try id(of: "a")
    let past = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: path)
    #expect(try id(of: "a") != before)
  }

  @Test("A file that was replaced by another one of the same length has another id")
  func replacedFileHasOtherID() throws {
    try files.write("abc", to: "a")
    try files.write("xyz", to: "b")
    let before = try id(of: "a")
    try files.rename("b", to: "a")
    #expect(try id(of: "a") != before)
  }

  @Test("The machine, the path and the name are part of the id")
  func machinePathAndNameArePart() throws {
    try files.write("abc", to: "a")
    let status = try files.status(of: "a")
    let (name, other) = (try FileName("c"), try FileName("bc"))
    let ids = [
      TransferID(of: status, path: "/ab", name: name, machine: "m"),
      TransferID(of: status, path: "/ab", name: name, machine: "n"),
      TransferID(of: status, path: "/a", name: name, machine: "m"),
      TransferID(of: status, path: "/a", name: other, machine: "m"),
    ]
    #expect(Set(ids).count == ids.count)
  }

  @Test("An id begins with the second in which the file was changed")
  func idBeginsWithTimeOfChange() throws {
    try files.write("abc", to: "a")
    let status = try files.status(of: "a")
    #expect(try seconds(of: id(of: "a")) == UInt64(status.changed / 1_000_000_000))
  }

  @Test("The id after a removed delivery follows from its id and its time")
  func nextIDFollowsFromDelivery() throws {
    let removed = try Receipt.sample(standing: .removed)
    let next = TransferID(after: removed)
    #expect(next == TransferID(after: removed))
    #expect(next != removed.id)
    #expect(try next != TransferID(after: .sample(publishedAt: 3_000_000, standing: .removed)))
    #expect(try next != TransferID(after: .sample(id: TransferID(high: 9, low: 9))))
    #expect(seconds(of: next) == 2)
  }

  @Test("The id for other content follows from that content and from the id of the delivery")
  func idOfOtherContentFollowsFromContent() throws {
    let delivered = TransferID(high: 5 << 32, low: 1)
    let neighbour = TransferID(high: 5 << 32, low: 2)
    let (abc, other) = (try digest(of: "abc"), try digest(of: "abd"))
    let id = TransferID(of: abc, notOf: delivered)
    #expect(id == TransferID(of: abc, notOf: delivered))
    #expect(id != delivered)
    #expect(id != TransferID(of: other, notOf: delivered))
    #expect(id != TransferID(of: abc, notOf: neighbour))
    #expect(seconds(of: id) == 5)
  }

  private func id(of file: String) throws -> TransferID {
    TransferID(
      of: try files.status(of: file), path: files.path + "/" + file, name: try FileName("a"),
      machine: "machine")
  }

  /// The first four bytes of an id as a number.
  private func seconds(of id: TransferID) -> UInt64 {
    id.bytes.prefix(4).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
