import Glibc

/// A POSIX thread. Its body may block, because it uses no thread of a shared pool.
package final class BackgroundThread {
  private var thread = pthread_t()
  private var isJoined = false

  /// Starts the thread. Throws if the system has no resources for one (pthread_create(3)).
  package init(_ body: @escaping @Sendable () -> Void) throws(SystemFailure) {
    let box = Unmanaged.passRetained(Body(body))
    let code = pthread_create(&thread, nil, runBody, box.toOpaque())
    if code != 0 {
      box.release()
      throw SystemFailure("start a thread", .init(rawValue: code))
    }
  }

  /// Waits until the body has returned.
  package func join() {
    guard !isJoined else { return }
    isJoined = true
    pthread_join(thread, nil)
  }

  deinit { if !isJoined { pthread_detach(thread) } }
}

private final class Body: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
  return nil
}
