import Glibc
import Testing
import XferProtocol
import XferSystem

@testable import XferClient

@Suite("A source file is removed only if its receipt is durable and it is the file that was sent")
struct SourceRemoverTests {
  private let files: TemporaryFiles
  private let remover = SourceRemover()

  init() throws { files = try TemporaryFiles() }

  @Test("A file with a durable receipt is removed")
  func deliveredFileIsRemoved() throws {
    let delivery = try files.delivery(Receipt.sample())
    #expect(remover.removal(of: delivery, .notAsked) == .removed)
    #expect(access(files.path + "/a", F_OK) != 0)
  }

  @Test("A file with a lazy receipt, or one that was not compared, is kept")
  func unprovenFileIsKept() throws {
    let lazy = try files.delivery(Receipt.sample(durability: .lazy))
    #expect(isKept(remover.removal(of: lazy, .notAsked)))
    let delivery = try files.delivery(Receipt.sample())
    #expect(isKept(remover.removal(of: delivery, .missing("it was not read"))))
    #expect(access(files.path + "/a", F_OK) == 0)
  }

  @Test("A file that was written, touched or replaced since it was sent is kept")
  func changedFileIsKept() throws {
    for change in [
      { try files.write("abcd", to: "a") },
      { () throws -> String in
        let times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
        utimensat(AT_FDCWD, files.path + "/a", times, 0)
        return ""
      },
      { () throws -> String in
        let other = try files.write("abc", to: "b")
        try files.rename("b", to: "a")
        return other
      },
    ] {
      let delivery = try files.delivery(Receipt.sample())
      _ = try change()
      #expect(isKept(remover.removal(of: delivery, .notAsked)))
      #expect(access(files.path + "/a", F_OK) == 0)
    }
  }

  @Test("Both names of a file with two of them are removed")
  func hardLinksAreRemoved() throws {
    try files.write("abc", to: "tree/a")
    try #require(link(files.path + "/tree/a", files.path + "/tree/b") == 0)
    let list = SendList([files.path + "/tree"])
    let status = try files.status(of: "tree/a")
    let deliveries = try list.files.map {
      Delivery(
        file: $0, offered: .random(), receipt: try Receipt.sample(), isOfThisRun: false,
        status: status)
    }
    #expect(deliveries.map { remover.removal(of: $0, .notAsked) } == [.removed, .removed])
  }

  private func isKept(_ removal: Removal) -> Bool {
    if case .kept = removal { true } else { false }
  }
}
