import Glibc

/// A bounded queue with one producer and several followers. Every follower takes every item, in
/// order and at its own pace, as in the LMAX Disruptor. A slot is free again when the last follower
/// has finished it.
///
/// It uses POSIX primitives because the Synchronization module has no condition variable.
package final class FollowedRing<Item>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Signalled when an item was passed (for the followers) and when a slot was freed (for the
  /// producer).
  private let isFilled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let isFreed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var slots: [Item?]
  /// The number of items passed, and the number of items that each follower has finished.
  private var passed = 0
  private var done: [Int]
  private var isClosed = false

  /// Creates a ring of `capacity` slots for followers 0 to `followers` - 1.
  package init(capacity: Int, followers: Int) {
    slots = Array(repeating: nil, count: capacity)
    done = Array(repeating: 0, count: followers)
    pthread_mutex_init(mutex, nil)
    for condition in [isFilled, isFreed] { pthread_cond_init(condition, nil) }
  }

  deinit {
    for condition in [isFilled, isFreed] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Waits until the slot of the next item is free and returns its index.
  package func freeSlot() -> Int {
    locked {
      while passed - slowest >= slots.count { pthread_cond_wait(isFreed, mutex) }
      return passed % slots.count
    }
  }

  /// Passes an item to all followers in the slot that `freeSlot` returned.
  package func pass(_ item: Item) {
    locked {
      precondition(passed - slowest < slots.count)
      slots[passed % slots.count] = item
      passed += 1
      pthread_cond_broadcast(isFilled)
    }
  }

  /// Waits until every follower has finished every item.
  package func drain() {
    locked {
      while slowest < passed { pthread_cond_wait(isFreed, mutex) }
    }
  }

  /// Waits for the next item of a follower. Returns nil after `close` when no item is left.
  package func next(for follower: Int) -> Item? {
    locked {
      while done[follower] == passed, !isClosed { pthread_cond_wait(isFilled, mutex) }
      return done[follower] < passed ? slots[done[follower] % slots.count] : nil
    }
  }

  /// Marks the last item that `next` returned to this follower as finished.
  package func finish(_ follower: Int) {
    locked {
      let slowestBefore = slowest
      done[follower] += 1
      guard slowest > slowestBefore else { return }
      slots[slowestBefore % slots.count] = nil
      pthread_cond_signal(isFreed)
    }
  }

  /// Ends the queue. The followers still receive the items that were passed before.
  package func close() {
    locked {
      isClosed = true
      pthread_cond_broadcast(isFilled)
    }
  }

  private var slowest: Int { done.min() ?? passed }

  private func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
