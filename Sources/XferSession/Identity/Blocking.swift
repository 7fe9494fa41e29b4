import Dispatch
import Synchronization

/// Runs asynchronous code from synchronous code.
enum Blocking {
  /// Returns the value of `body`, which runs on another thread. A session may have threads, because
  /// it was forked from a process with one.
  static func value<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Value?>(nil)
    Task {
      let value = await body()
      result.withLock { $0 = value }
      done.signal()
    }
    done.wait()
    return result.withLock { $0! }
  }
}
