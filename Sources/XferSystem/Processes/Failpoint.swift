import Glibc

/// A place in the code at which a test can stop a process, for example to kill it exactly there.
/// Exists in debug builds only.
package enum Failpoint {
  /// Waits if a test has armed the failpoint `name`.
  ///
  /// The file `name` in the directory XFER_FAILPOINTS arms it. The first process that reaches it
  /// renames the file to `name.reached`, tries the probes that the file lists, and waits until
  /// `name.go` exists or `isOver` returns true.
  @inline(__always)
  package static func pass(_ name: StaticString, isOver: () -> Bool = { false }) {
    #if FAILPOINTS
      guard let directory else { return }
      let place = "\(directory)/\(name)"
      guard rename(place, place + ".reached") == 0 else { return }
      Probe.run(place)
      while access(place + ".go", F_OK) != 0, !isOver() { usleep(1000) }
    #endif
  }

  #if FAILPOINTS
    static let directory = getenv("XFER_FAILPOINTS").map { String(cString: $0) }
  #endif
}
