import Glibc

/// A place at which a test can hold a process up, to kill it or another one exactly there. Exists in
/// debug builds only; in a release build nothing of it is left.
public enum Failpoint {
  /// Waits here if the test has armed this place: in the directory that XFER_FAILPOINTS names, the
  /// file `name` arms it, is renamed to `name.reached` by the first that comes, and `name.go` lets
  /// that one go on.
  /// It is left as well when `isOver` says so.
  @inline(__always)
  public static func pass(_ name: StaticString, isOver: () -> Bool = { false }) {
    #if FAILPOINTS
      guard let directory else { return }
      let place = "\(directory)/\(name)"
      guard rename(place, place + ".reached") == 0 else { return }
      while access(place + ".go", F_OK) != 0, !isOver() { usleep(1000) }
    #endif
  }

  #if FAILPOINTS
    private static let directory = getenv("XFER_FAILPOINTS").map { String(cString: $0) }
  #endif
}
