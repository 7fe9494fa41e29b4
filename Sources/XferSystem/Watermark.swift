import Glibc

/// A level that one thread raises and another waits for.
public final class Watermark: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var level: Int64 = 0
  private var isClosed = false
  private var isForgotten = false

  public init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  public func raise(to newLevel: Int64) {
    pthread_mutex_lock(mutex)
    level = newLevel
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  /// No higher level will come: who waits is told.
  public func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  /// Nobody wants to know any more: who waits and who works is told.
  public func abandon() {
    pthread_mutex_lock(mutex)
    isForgotten = true
    pthread_mutex_unlock(mutex)
    close()
  }

  public var isAbandoned: Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return isForgotten
  }

  /// Waits for a level above `known` and returns it; nil when none will come.
  public func wait(above known: Int64) -> Int64? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while level <= known {
      if isClosed { return nil }
      pthread_cond_wait(changed, mutex)
    }
    return level
  }
}
