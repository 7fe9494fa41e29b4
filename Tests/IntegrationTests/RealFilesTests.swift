import Foundation
import Testing

@Suite("Real files arrive byte for byte over both protocols", .timeLimit(.minutes(20)), .serialized)
struct RealFilesTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  static let tree = "/usr/share/doc"

  private var count: Int {
    get async throws {
      let found = try await Programs.run("/usr/bin/env", ["find", Self.tree, "-type", "f"])
      return found.lines.count
    }
  }

  @Test("Every file of /usr/share/doc arrives over the native protocol")
  func realFilesArriveOverNative() async throws {
    let count = try await count
    try await withReceiver { receiver in
      let outcome = try await receiver.send(Self.tree)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.objects.count { $0["status"] as? String == "received" } == count)
      let rows = "SELECT count(*) FROM history WHERE kind = 'file'"
      #expect(try await receiver.sqlite(rows) == "\(count)")
      try await compare(receiver.published("doc"), flattened: false)
    }
  }

  @Test("Every file of /usr/share/doc arrives over the classic protocol")
  func realFilesArriveOverClassic() async throws {
    let count = try await count
    try await withReceiver { receiver in
      let outcome = try await receiver.classic("send", Self.tree)
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.objects.count == count)
      #expect(try await receiver.sqlite("SELECT count(*) FROM history") == "\(count)")
      try await compare(receiver.files, flattened: true)
    }
  }

  /// Compares each file of the tree with its delivery.
  private func compare(_ delivered: String, flattened: Bool) async throws {
    let outcome = try await Programs.python(
      "compare_trees.py", [Self.tree, delivered, flattened ? "True" : "False"])
    #expect(outcome.out == "0\n", "\(outcome.err)")
  }

  @Test(
    "A file of 2 GiB arrives, the limit of the classic protocol",
    arguments: ["native", "classic"])
  func largestClassicFileArrives(wire: String) async throws {
    let size = wire == "native" ? 1 << 31 : (1 << 31) - 1
    let file = directory.path + "/large"
    let made = try await Programs.run(
      "/usr/bin/env", ["sh", "-c", "head -c \(size) /dev/urandom > \(file)"])
    #expect(made.status == 0)
    try await withReceiver { receiver in
      let outcome =
        try await wire == "native"
        ? receiver.send(file) : receiver.classic("send", file)
      #expect(outcome.status == 0, "\(outcome.err)")
      let same = try await Programs.run("/usr/bin/env", ["cmp", file, receiver.published("large")])
      #expect(same.status == 0, "\(same.out)")
      #expect(try await receiver.history().first?["size"] as? Int == size)
    }
  }
}
