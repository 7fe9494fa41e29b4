import Foundation
import Testing

/// Files that arrive together are synced together, in another order than a single file.
@Suite(
  "Each file of a group is durable before its receipt",
  .timeLimit(.minutes(20)),
  .enabled(if: Strace.works, "strace cannot trace here"))
struct GroupOrderTests {
  let directory: TemporaryDirectory
  let failpoints: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    failpoints = try TemporaryDirectory()
  }

  private var trace: String { directory.path + "/trace" }

  /// Returns the calls of a group of `count` small files, from the answer to another file on. The
  /// recorder is held up at that file until the whole group has arrived.
  private func callsOfGroup(_ count: Int) async throws -> Calls {
    let first = try directory.file("first", bytes: 1)
    let files = try (0..<count).map { try directory.file("group/\($0)", bytes: 1000 + $0) }
    try await withReceiver(environment: ArmedPlace.environment(failpoints)) { receiver in
      let place = ArmedPlace("recorder.held", in: failpoints)
      let before = Task { try await receiver.send(first) }
      try await place.reached()
      try await Strace.run(receiver.pid, to: trace) {
        async let group = Programs.xferctl(
          ["send", "--server", receiver.server, "--json", "--as", "group/"] + files)
        try await eventually { receiver.arriving.count == count + 1 }
        place.goOn()
        let (one, all) = (try await before.value, try await group)
        #expect(one.status == 0 && all.status == 0, "\(all.err)")
        #expect(all.objects.count == count)
      }
    }
    let calls = try Calls(trace)
    let named = try #require(try calls.first(#"renameat2\(.*/files>, "first""#))
    return calls.since(try #require(try calls.first(#"sendto\(\d+<UNIX"#, after: named)))
  }

  @Test(
    "A group writes, syncs, commits, renames, syncs directories and sends receipts in order")
  func stepsOfGroupAreInOrder() async throws {
    let calls = try await callsOfGroup(20)
    let all = try Calls(trace)
    let written = try all.all(#"pwrite64\(\d+<.*/incoming/[0-9a-f]{32}>"#)
    let session = all.process(of: try #require(written.first))
    let synced = try #require(try calls.first(#"syncfs\(\d+<.*/incoming>\) += 0"#))
    let recorded = try #require(
      try calls.first(#"fdatasync\(\d+<.*history.sqlite-wal>"#, after: synced))
    let renames = try calls.all(#"renameat2\(\d+<.*/incoming>, "[0-9a-f]{32}", .*/files/group>"#)
    let last = try #require(renames.last)
    let named = try #require(try calls.first(#"fsync\(\d+<.*/files/group>"#, after: last))
    let receipts = try calls.all("^\(session) +" + #"sendto\(\d+<TCP"#)
    #expect(written.count == 20 && written.allSatisfy { $0 < synced })
    #expect(renames.count == 20 && renames.allSatisfy { $0 > recorded })
    #expect(!receipts.isEmpty && receipts.allSatisfy { $0 > named })
  }

  @Test(
    "A group of 8 files and more is synced by one syncfs, a smaller one file by file",
    arguments: [3, 20])
  func groupOf8IsSyncedByOneSyncfs(count: Int) async throws {
    let calls = try await callsOfGroup(count)
    let isOne = count >= 8
    for (pattern, expected) in [
      (#"syncfs\(\d+<.*/incoming>"#, isOne ? 1 : 0),
      (#"f(?:data)?sync\(\d+<.*/incoming/[0-9a-f]{32}>"#, isOne ? 0 : count),
      (#"fsync\(\d+<.*/incoming>"#, isOne ? 0 : 1),
      // The rows of the group, and the set.
      (#"sync\(\d+<.*history.sqlite-wal>"#, 2),
    ] {
      let found = try calls.all(pattern).count
      #expect(found == expected, "\(pattern)")
    }
    // `files`, in which `group` was created, and `files/group`.
    for pattern in [#"fsync\(\d+<.*/files>"#, #"fsync\(\d+<.*/files/group>"#] {
      #expect(try calls.first(pattern) != nil, "\(pattern)")
    }
  }

  /// In a file of 1 to 16 MiB whole blocks are written around the page cache, and the recorder
  /// syncs them.
  @Test(
    "A file that is written around the page cache is synced before its row")
  func directWritesAreSyncedBeforeRow() async throws {
    let file = try directory.file("f", bytes: 3_000_001)
    try await withReceiver { receiver in
      try await Strace.run(receiver.pid, to: trace) {
        let outcome = try await receiver.send(file)
        #expect(outcome.status == 0)
      }
    }
    let calls = try Calls(trace)
    var place = -1
    for step in [
      #"pwrite64\(\d+<.*/incoming/.*, 1048576, 0\)"#, #"pwrite64\(\d+<.*/incoming/.*, 902849, "#,
      #"f(?:data)?sync\(\d+<.*/incoming/[0-9a-f]{32}>"#, #"fsync\(\d+<.*/incoming>"#,
      #"sync\(\d+<.*/history.sqlite-wal>"#, #"renameat2\(.*RENAME_NOREPLACE\)"#,
      #"fsync\(\d+<.*/files>"#, #"sendto\(\d+<UNIX"#, #"sendto\(\d+<TCP"#,
    ] {
      let found = try calls.first(step, after: place)
      place = try #require(found, "\(step): not behind the one before it")
    }
  }
}

/// System calls in their order.
private struct Calls {
  private let lines: ArraySlice<Substring>

  init(_ trace: String) throws { lines = try Strace.lines(trace)[...] }
  private init(_ lines: ArraySlice<Substring>) { self.lines = lines }

  /// Returns the calls from that place on.
  func since(_ place: Int) -> Calls { Calls(lines[place...]) }

  func process(of place: Int) -> Substring { lines[place].prefix { $0 != " " } }

  func all(_ pattern: String) throws -> [Int] {
    let pattern = try Regex(pattern)
    return lines.indices.filter { lines[$0].firstMatch(of: pattern) != nil }
  }

  func first(_ pattern: String, after place: Int = -1) throws -> Int? {
    try all(pattern).first { $0 > place }
  }
}
