import Glibc

/// A level that one thread raises and another thread waits for.
///
/// It uses POSIX primitives because the Synchronization module has no condition variable.
package final class Watermark: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var level: Int64 = 0
  private var isClosed = false
  private var isCancelled = false

  /// Creates a watermark at 0.
  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Raises the level and wakes the waiting thread.
  package func raise(to newLevel: Int64) {
    pthread_mutex_lock(mutex)
    level = newLevel
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Declares the current level the last one and wakes the waiting thread.
  package func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Cancels the work: wakes the waiting thread and makes `isAbandoned` true for the working one.
  package func abandon() {
    pthread_mutex_lock(mutex)
    isCancelled = true
    pthread_mutex_unlock(mutex)
    close()
  }

  /// True if the result is no longer needed. The working thread checks it and stops.
  package var isAbandoned: Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return isCancelled
  }

  /// Waits for a level above `known` and returns it. Returns nil if no higher level will come.
  package func wait(above known: Int64) -> Int64? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while level <= known {
      if isClosed { return nil }
      pthread_cond_wait(changed, mutex)
    }
    return level
  }
}
