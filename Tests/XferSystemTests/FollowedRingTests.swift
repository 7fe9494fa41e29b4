import Synchronization
import Testing
import XferSystem

@Suite("A ring passes each item to each follower")
struct FollowedRingTests {
  /// Returns the items that the follower gets until the ring is closed.
  private func follow(_ ring: FollowedRing<Int>, _ follower: Int) -> [Int] {
    var seen: [Int] = []
    while let item = ring.next(for: follower) {
      seen.append(item)
      ring.finish(follower)
    }
    return seen
  }

  @Test("Each follower gets each item in order from a ring of three slots")
  func eachFollowerGetsEachItemInOrder() throws {
    let ring = FollowedRing<Int>(capacity: 3, followers: 2)
    let seen = Mutex([[Int]](repeating: [], count: 2))
    let threads = try (0..<2).map { follower in
      try BackgroundThread {
        let items = follow(ring, follower)
        seen.withLock { $0[follower] = items }
      }
    }
    for number in 0..<2_000 {
      #expect(ring.freeSlot() == number % 3)
      ring.pass(number)
    }
    ring.close()
    for thread in threads { thread.join() }
    #expect(seen.withLock { $0 } == [Array(0..<2_000), Array(0..<2_000)])
  }

  @Test("A slot is reused only after the slowest follower has finished it")
  func slotWaitsForSlowestFollower() throws {
    let ring = FollowedRing<Int>(capacity: 2, followers: 2)
    for number in 0..<2 {
      _ = ring.freeSlot()
      ring.pass(number)
    }
    for _ in 0..<2 {
      _ = ring.next(for: 0)
      ring.finish(0)
    }
    let slowIsDone = Atomic(false)
    let slow = try BackgroundThread {
      _ = ring.next(for: 1)
      slowIsDone.store(true, ordering: .sequentiallyConsistent)
      ring.finish(1)
    }
    #expect(ring.freeSlot() == 0)
    let isDone = slowIsDone.load(ordering: .sequentiallyConsistent)
    #expect(isDone)
    slow.join()
    #expect(ring.next(for: 1) == 1)
  }

  @Test("Draining a ring waits until all followers have finished all items")
  func drainWaitsForAllFollowers() throws {
    let ring = FollowedRing<Int>(capacity: 3, followers: 2)
    let used = Atomic(0)
    let threads = try (0..<2).map { follower in
      try BackgroundThread {
        while ring.next(for: follower) != nil {
          used.add(1, ordering: .sequentiallyConsistent)
          ring.finish(follower)
        }
      }
    }
    for number in 1...100 {
      _ = ring.freeSlot()
      ring.pass(number)
      ring.drain()
      let uses = used.load(ordering: .sequentiallyConsistent)
      #expect(uses == 2 * number)
    }
    ring.close()
    for thread in threads { thread.join() }
  }

  @Test("A closed ring returns its remaining items before nil")
  func closedRingReturnsRemainingItems() {
    let ring = FollowedRing<Int>(capacity: 3, followers: 1)
    ring.pass(5)
    ring.close()
    #expect(follow(ring, 0) == [5])
  }
}
