import Glibc

/// A bounded queue of one thread, of which each item is taken by every one of its followers, in order
/// and at the pace of each: a ring buffer in the way of the LMAX Disruptor. A slot is free again when
/// the last of them is done.
public final class FollowedRing<Item>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// What the followers wait for, and what the other side waits for.
  private let isFilled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let isFreed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var slots: [Item?]
  /// Items that were passed on, and that each follower is done with, since the beginning.
  private var passed = 0
  private var done: [Int]
  private var isClosed = false

  public init(capacity: Int, followers: Int) {
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

  /// Waits until a slot is free, and returns its number: that of the next item.
  public func freeSlot() -> Int {
    locked {
      while passed - slowest >= slots.count { pthread_cond_wait(isFreed, mutex) }
      return passed % slots.count
    }
  }

  /// Fills the slot that `freeSlot` returned.
  public func pass(_ item: Item) {
    locked {
      precondition(passed - slowest < slots.count)
      slots[passed % slots.count] = item
      passed += 1
      pthread_cond_broadcast(isFilled)
    }
  }

  /// Waits until all are done with all that was passed on.
  public func drain() {
    locked {
      while slowest < passed { pthread_cond_wait(isFreed, mutex) }
    }
  }

  /// The next item for a follower, once it is there; nil when none will come.
  public func next(for follower: Int) -> Item? {
    locked {
      while done[follower] == passed, !isClosed { pthread_cond_wait(isFilled, mutex) }
      return done[follower] < passed ? slots[done[follower] % slots.count] : nil
    }
  }

  /// A follower is done with the item it was given last.
  public func finish(_ follower: Int) {
    locked {
      let slowestBefore = slowest
      done[follower] += 1
      guard slowest > slowestBefore else { return }
      slots[slowestBefore % slots.count] = nil
      pthread_cond_signal(isFreed)
    }
  }

  /// Nothing more will be passed on.
  public func close() {
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
