import Glibc
import SystemPackage

// The permission bits and the times of files, and symbolic links.

/// UTIME_OMIT of utimensat(2), a macro that Swift does not import: this time is not changed.
private let omitted = 0x3fff_fffe

/// O_PATH of open(2), which is declared only under _GNU_SOURCE.
private let nameOnly: Int32 = 0o10_000_000

extension timespec {
  /// The time in nanoseconds since 1970.
  fileprivate init(nanoseconds: Int64) {
    let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let isBelow = rest < 0
    self.init(
      tv_sec: Int(isBelow ? quotient - 1 : quotient),
      tv_nsec: Int(isBelow ? rest + 1_000_000_000 : rest))
  }
}

extension FileDescriptor {
  /// Sets the time of the last change of the content, in nanoseconds since 1970 (futimens(3)).
  package func setModified(_ nanoseconds: Int64) throws(SystemFailure) {
    let times = [timespec(tv_sec: 0, tv_nsec: omitted), timespec(nanoseconds: nanoseconds)]
    try retrying("set the time of a file") { futimens(rawValue, times) }
  }

  /// Sets the permission bits (fchmod(2)).
  package func setMode(_ mode: UInt32) throws(SystemFailure) {
    try retrying("set the mode of a file") { fchmod(rawValue, mode) }
  }
}

extension Directory {
  /// Sets the permission bits of a file in this directory (fchmodat(2)).
  package func setMode(_ mode: UInt32, of name: String) throws(SystemFailure) {
    try retrying("set the mode of \"\(name)\"") {
      name.withPath { fchmodat(descriptor.rawValue, $0, mode, 0) }
    }
  }

  /// Creates a symbolic link directly in this directory (symlinkat(2)). Returns false if the name
  /// exists already.
  package func makeLink(_ name: String, to target: String) throws(SystemFailure) -> Bool {
    do {
      try retrying("create the link \"\(name)\"") {
        target.withPath { target in
          name.withPath { symlinkat(target, descriptor.rawValue, $0) }
        }
      }
      return true
    } catch  where error.errno == .fileExists {
      return false
    }
  }

  /// Sets the time of the last change of a symbolic link itself, in nanoseconds since 1970
  /// (utimensat(2)).
  package func setModified(_ nanoseconds: Int64, ofLink name: String) throws(SystemFailure) {
    let times = [timespec(tv_sec: 0, tv_nsec: omitted), timespec(nanoseconds: nanoseconds)]
    try retrying("set the time of \"\(name)\"") {
      name.withPath { utimensat(descriptor.rawValue, $0, times, AT_SYMLINK_NOFOLLOW) }
    }
  }

  /// Returns the target of a symbolic link (readlinkat(2)). Needs no right to list the directory.
  package func target(ofLink path: String) throws(SystemFailure) -> String {
    let link = try openFile(path, nameOnly | O_NOFOLLOW)
    defer { try? link.close() }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = try retrying("read the link \"\(path)\"") {
      readlinkat(link.rawValue, "", &buffer, buffer.count)
    }
    return PathText.text(buffer[..<count].map(UInt8.init(bitPattern:)))
  }
}
